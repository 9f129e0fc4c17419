import { serve } from '../../src/ctl/serve.ts';
import type { Host, HostEffect, Program } from '../../src/host.d.ts';
import { program } from '../../src/main.ts';
import { formatLine, parseTapeLine, type TapeLine } from '../../src/manager/recording.ts';
import { decodeText, encodeText } from '../../test/fake/text.ts';

export interface Outcome {
  readonly events: number;
  readonly calls: number;
  readonly batches: number;
  /** undefined: all was the same */
  readonly difference: string | undefined;
}

/** The parts of the program that are loaded when first asked for (programParts of scripts/build/layout.ts). */
const parts: Readonly<Record<string, unknown>> = { 'ctl/serve.ts': { serve } };

class Difference extends Error {}

/**
 * Runs a recording again: the same events, the same answers of the host; what the program asks of the host and gives as
 * effects must be the same, byte for byte. A last batch that the recorded manager did not live to finish is left out.
 */
export async function replay(recording: string): Promise<Outcome> {
  const lines = recording
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parseTapeLine(line));
  const last = lines.findLastIndex((line) => 'effects' in line);
  const tape = { lines: lines.slice(0, last + 1), at: 0, calls: 0, batches: 0, events: 0 };
  const host = replayingHost(tape);
  let running: Program | undefined;
  try {
    while (tape.at < tape.lines.length) {
      const line = tape.lines[tape.at];
      if (line === undefined) break;
      if ('event' in line) {
        tape.at += 1;
        tape.events += 1;
        if (line.event.kind === 'start') running = program(host, 'replay');
        running?.handle(line.event);
        continue;
      }
      // Promises run when every event of the batch was handled; what they call is on the tape before the effects.
      await new Promise((resolve) => setImmediate(resolve));
      const effects: readonly HostEffect[] = running?.flush() ?? [];
      compare(tape, { effects });
      tape.batches += 1;
    }
  } catch (error) {
    if (!(error instanceof Difference)) throw error;
    return { ...counts(tape), difference: error.message };
  }
  return { ...counts(tape), difference: undefined };
}

interface ReplayedTape {
  readonly lines: readonly TapeLine[];
  at: number;
  events: number;
  calls: number;
  batches: number;
}

function counts({ events, calls, batches }: ReplayedTape): Omit<Outcome, 'difference'> {
  return { events, calls, batches };
}

function compare(tape: ReplayedTape, done: TapeLine): TapeLine {
  const recorded = tape.lines[tape.at];
  const expected = recorded === undefined ? 'nothing more' : formatLine(withoutAnswer(recorded));
  const actual = formatLine(done);
  if (recorded === undefined || expected !== actual)
    throw new Difference(
      `after ${tape.events} events, line ${tape.at + 1}:\n  recorded ${expected}  now      ${actual}`,
    );
  tape.at += 1;
  return recorded;
}

function withoutAnswer(line: TapeLine): TapeLine {
  return 'call' in line ? { call: line.call, with: line.with } : line;
}

/** Answers from the tape. */
function replayingHost(tape: ReplayedTape): Host {
  const own: Partial<Host> = {
    encode: encodeText,
    decode: decodeText,
    load: (part) => parts[part],
  };
  return new Proxy(own as Host, {
    get(target, name) {
      if (name in target) return (target as unknown as Record<string | symbol, unknown>)[name];
      return (...args: readonly unknown[]): unknown => {
        tape.calls += 1;
        const line = compare(tape, { call: String(name), with: args });
        return 'call' in line ? line.gives : undefined;
      };
    },
  });
}
