import type { Host, HostEffect, Program } from '../../src/host.d.ts';
import { program } from '../../src/main.ts';
import { programParts } from '../build/layout.ts';
import type { Thrown } from '../../src/manager/recording.ts';
import { decodeText, encodeText } from '../../test/fake/text.ts';
import { contrast, describeLine } from './describe.ts';
import { ReplayedTape } from './replayed-tape.ts';
import type { Generation } from './tape.ts';

/** What one recorded manager did, done again. */
export interface Replay {
  readonly events: number;
  readonly calls: number;
  readonly batches: number;
  readonly end: End;
}

export type End =
  /** The recording ends behind a batch: the manager left, waited, or was killed while it waited. */
  | { readonly kind: 'between batches' }
  /** It ends inside of a batch, up to which all was the same: the manager was killed there. */
  | { readonly kind: 'inside a batch'; readonly event: string }
  /** The manager ended with an exception, and the same one came again. */
  | { readonly kind: 'exception'; readonly event: string; readonly error: Error }
  | { readonly kind: 'difference'; readonly event: string; readonly line: number; readonly lines: readonly string[] };

/** The parts of the program that are loaded when first asked for, by the names that `load` of the host knows. */
const parts: Readonly<Record<string, unknown>> = Object.fromEntries(
  await Promise.all(
    programParts.map((part) =>
      import(`../../${part}`).then((read: unknown) => [part.slice('src/'.length), read] as const),
    ),
  ),
);

/**
 * Runs a manager's recording again: the same events, the same answers of the host; what the program asks of the host and
 * gives as effects must be the same, byte for byte.
 *
 * @param lastEnd how the manager after it was told that this one ended, if there was one
 */
export async function replay(generation: Generation, lastEnd: string | undefined): Promise<Replay> {
  const tape = new ReplayedTape(generation);
  // What a promise threw that nobody waits for ends a manager too.
  const rejected = (error: unknown): void => {
    tape.thrown ??= error;
  };
  process.on('unhandledRejection', rejected);
  try {
    await run(tape);
  } finally {
    process.off('unhandledRejection', rejected);
  }
  return { events: tape.events, calls: tape.calls, batches: tape.batches, end: endOf(tape, lastEnd) };
}

/** Goes on until the tape ends, differs, or the program throws. */
async function run(tape: ReplayedTape): Promise<void> {
  const host = replayingHost(tape);
  let running: Program | undefined;
  let owesBatch = false;
  while (tape.goesOn()) {
    const line = tape.next();
    if (line !== undefined && 'event' in line) {
      tape.takeEvent();
      owesBatch = true;
      if (line.event.kind === 'start') running = program(host, 'replay');
      tape.attempt(() => running?.handle(line.event));
      continue;
    }
    if (!owesBatch) return;
    // Promises run when every event of the batch was handled; what they call is on the tape before the effects.
    await new Promise((resolve) => setImmediate(resolve));
    if (!tape.goesOn()) return;
    let effects: readonly HostEffect[] = [];
    tape.attempt(() => {
      effects = running?.flush() ?? [];
    });
    if (!tape.goesOn()) return;
    if (tape.next() === undefined) {
      tape.ended = true;
      return;
    }
    tape.attempt(() => {
      tape.compare({ effects });
      tape.batches += 1;
    });
    owesBatch = false;
  }
}

function endOf(tape: ReplayedTape, lastEnd: string | undefined): End {
  const { event, difference, thrown } = tape;
  if (difference !== undefined) return { kind: 'difference', event, ...difference };
  if (thrown !== undefined) return endOfThrown(tape, thrown, lastEnd);
  const left = tape.next();
  if (left !== undefined)
    return { kind: 'difference', event, ...tape.place(), lines: contrast(describeLine(left), 'nothing more') };
  return tape.ended ? { kind: 'inside a batch', event } : { kind: 'between batches' };
}

/** An exception is the same when the recording has it too; a promise's is told by the next manager's start alone. */
function endOfThrown(tape: ReplayedTape, thrown: unknown, lastEnd: string | undefined): End {
  const { event } = tape;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const line = tape.next();
  const recorded = line !== undefined && 'threw' in line ? line.threw : line === undefined ? told(lastEnd) : undefined;
  if (recorded !== undefined && isSame(recorded, error)) return { kind: 'exception', event, error };
  const was = recorded === undefined ? (line === undefined ? 'nothing more' : describeLine(line)) : words(recorded);
  return { kind: 'difference', event, ...tape.place(), lines: contrast(was, `throws ${error.stack ?? String(error)}`) };
}

/** "exception: TypeError: …" of StartFacts.lastEnd. */
function told(lastEnd: string | undefined): Thrown | undefined {
  const [, name, message] = /^exception: (\w+): (.*)$/.exec(lastEnd ?? '') ?? [];
  return name === undefined || message === undefined ? undefined : { name, message, stack: '' };
}

function words({ name, message, stack }: Thrown): string {
  return `throws ${name}: ${message}\n${stack}`;
}

/** What an engine itself complains about, each says in its own words. */
const engineErrors: ReadonlySet<string> = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError']);

function isSame(recorded: Thrown, now: Error): boolean {
  return recorded.name === now.name && (engineErrors.has(now.name) || recorded.message === now.message);
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
        const line = tape.compare({ call: String(name), with: args });
        if (!('call' in line)) return undefined;
        if (line.throws === undefined) return line.gives;
        const { name: kind, message } = line.throws;
        throw Object.assign(new Error(message), { name: kind });
      };
    },
  });
}
