import { formatDuration, parseSpan } from '../../units/values/duration.ts';
import { renderFacts } from '../render/facts.ts';
import type { AnalyzeCall } from './call.ts';
import { complainOfTime, micro } from './time-error.ts';

/** Spans of time, in usec and as systemd writes them. The first that is none ends it. */
export async function timespan(call: AnalyzeCall): Promise<number> {
  const { words, client, palette } = call;
  for (const [index, word] of words.entries()) {
    const span = parseSpan(word);
    if (!span.ok) {
      await complainOfTime(call, `Failed to parse time span '${word}'`, span.reason, word, 'timespan');
      return 1;
    }
    const gap = index + 1 < words.length ? '\n' : '';
    await client.stdout(
      renderFacts(
        [
          ['Original:', word],
          [`${micro(call)}s:`, String(span.usec)],
          ['Human:', formatDuration(span.usec), palette.bold],
        ],
        palette,
      ) + gap,
    );
  }
  return 0;
}
