import { parseTapeLine, type TapeLine } from '../../src/manager/recording.ts';

/** What one manager left behind. */
export interface Generation {
  /** The pidone that recorded. */
  readonly version: string;
  readonly lines: readonly NumberedLine[];
  /** Its last line is torn: it was killed while it wrote. */
  readonly torn: boolean;
}

export interface NumberedLine {
  readonly number: number;
  readonly line: TapeLine;
}

/** Why a file is not replayed: a sentence. */
export interface NoRecording {
  readonly problem: string;
}

/** The generations of a recording, in order, or what is wrong with it. */
export function parseRecording(text: string): readonly Generation[] | NoRecording {
  const generations: { version: string; lines: NumberedLine[]; torn: boolean }[] = [];
  let number = 0;
  for (const source of text.split('\n')) {
    number += 1;
    if (source === '') continue;
    const line = readLine(source);
    const current = generations.at(-1);
    if (line !== undefined && 'recording' in line) {
      generations.push({ version: line.version, lines: [], torn: false });
    } else if (current === undefined) {
      return { problem: 'it does not begin as a recording does' };
    } else if (current.torn) {
      return { problem: `line ${number - 1} is damaged, and more follows` };
    } else if (line === undefined) {
      current.torn = true;
    } else {
      current.lines.push({ number, line });
    }
  }
  if (generations.length === 0) return { problem: 'it is empty' };
  return generations;
}

const kinds = ['event', 'call', 'effects', 'threw'] as const;

/** undefined: not a line that a manager of this version writes. */
function readLine(source: string): TapeLine | undefined {
  let line: unknown;
  try {
    line = parseTapeLine(source);
  } catch {
    return undefined;
  }
  if (typeof line !== 'object' || line === null) return undefined;
  const isOurs = 'recording' in line ? line.recording === 1 : kinds.some((kind) => kind in line);
  return isOurs ? (line as TapeLine) : undefined;
}
