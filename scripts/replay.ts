/**
 * npm run replay FILE: what managers did with PIDONE_RECORD=FILE, done again on Node (under the inspector with
 * `node --inspect-brk scripts/replay.ts FILE`). Tells each manager's end, and the first call or effect that differs.
 *
 * Exit status: 0 all was the same, 1 something differs, 2 there is nothing to replay.
 */
import { readFileSync } from 'node:fs';

import { version } from '../src/main/version.ts';
import { replay, type Replay } from './replay/replay.ts';
import { parseRecording, type Generation } from './replay/tape.ts';

process.exitCode = await main(process.argv[2]);

async function main(file: string | undefined): Promise<number> {
  if (file === undefined) {
    console.error('usage: npm run replay FILE');
    return 2;
  }
  const generations = open(file);
  if (typeof generations === 'string') {
    console.error(generations);
    return 2;
  }
  const foreign = new Set(generations.map((generation) => generation.version).filter((other) => other !== version));
  for (const other of foreign) console.error(`Recorded by pidone ${other}, replayed with ${version}: they may differ.`);
  for (const [index, generation] of generations.entries()) {
    const done = await replay(generation, lastEndOf(generations[index + 1]));
    const { events, calls, batches } = done;
    console.log(`Manager ${index + 1}: ${events} events, ${calls} calls of the host, ${batches} batches of effects`);
    if (done.end.kind === 'difference') {
      console.error(`Line ${done.end.line}, ${done.end.event}:`);
      for (const line of done.end.lines) console.error(`  ${line.replaceAll('\n', '\n  ')}`);
      return 1;
    }
    console.log(`  ${describeEnd(done, generation)}`);
  }
  return 0;
}

function open(file: string): readonly Generation[] | string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return `Cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`;
  }
  const generations = parseRecording(text);
  return 'problem' in generations
    ? `${file} is not a recording made with PIDONE_RECORD: ${generations.problem}.`
    : generations;
}

/** What a manager was told of the one before it. */
function lastEndOf(generation: Generation | undefined): string | undefined {
  const [first] = generation?.lines ?? [];
  return first !== undefined && 'event' in first.line && first.line.event.kind === 'start'
    ? first.line.event.facts.lastEnd
    : undefined;
}

function describeEnd({ end }: Replay, { torn }: Generation): string {
  const tail = torn ? ' Its last line is torn.' : '';
  switch (end.kind) {
    case 'between batches':
      return `The same effects.${tail}`;
    case 'inside a batch':
      return `The same effects, up to ${end.event}, in which the recording ends.${tail}`;
    case 'exception':
      return `The same effects, and the same exception in ${end.event}:\n${end.error.stack ?? String(end.error)}`;
    case 'difference':
      return '';
  }
}
