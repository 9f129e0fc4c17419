import { splitCorpus } from './corpus.ts';
import { digest, judge } from './judge.ts';

/** `corpus`: inputs as corpus.ts joins them; `first`: the number of the first. One line for each: its number, and a digest of what became of it or what was thrown. */
export function report(corpus: string, first: number): string {
  return splitCorpus(corpus)
    .map((text, index) => `${first + index} ${digestOf(text, first + index)}\n`)
    .join('');
}

function digestOf(text: string, number: number): string {
  try {
    return digest(judge(text, number));
  } catch (error) {
    return `threw ${String(error).replaceAll('\n', ' ')}`;
  }
}
