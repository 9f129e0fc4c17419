import { formatLine, type TapeLine } from '../../src/manager/recording.ts';
import { describeDifference } from './describe.ts';
import type { Generation } from './tape.ts';

/** Stops the program where the recording has nothing for it any more. */
class TapeEnd extends Error {}

/** A manager's recording, and how far it was done again. What stops that is noted: the first exception, or difference. */
export class ReplayedTape {
  events = 0;
  calls = 0;
  batches = 0;
  /** Words for the event being handled. */
  event = 'before the first event';
  /** The recording has no more, and the program wanted more. */
  ended = false;
  thrown: unknown;
  difference: { readonly line: number; readonly lines: readonly string[] } | undefined;
  private at = 0;
  private readonly generation: Generation;

  constructor(generation: Generation) {
    this.generation = generation;
  }

  goesOn(): boolean {
    return !this.ended && this.thrown === undefined && this.difference === undefined;
  }

  next(): TapeLine | undefined {
    return this.generation.lines[this.at]?.line;
  }

  takeEvent(): void {
    const line = this.next();
    this.at += 1;
    this.events += 1;
    if (line !== undefined && 'event' in line) this.event = `event ${this.events} (${line.event.kind})`;
  }

  /** A program may catch what stops it: what counts is what the tape has noted. */
  attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof TapeEnd)) this.thrown ??= error;
    }
  }

  /** The program did this. @returns what is recorded. */
  compare(done: TapeLine): TapeLine {
    if (!this.goesOn()) throw new TapeEnd();
    const recorded = this.next();
    if (recorded === undefined) {
      this.ended = true;
      throw new TapeEnd();
    }
    if (formatLine(withoutAnswer(recorded)) !== formatLine(done)) {
      this.difference = { ...this.place(), lines: describeDifference(recorded, done) };
      throw new TapeEnd();
    }
    this.at += 1;
    return recorded;
  }

  /** Where it stands: the number of the line in the file. */
  place(): { readonly line: number } {
    return { line: this.generation.lines[this.at]?.number ?? (this.generation.lines.at(-1)?.number ?? 0) + 1 };
  }
}

function withoutAnswer(line: TapeLine): TapeLine {
  return 'call' in line ? { call: line.call, with: line.with } : line;
}
