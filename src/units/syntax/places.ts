import { byteOrderMark, endsInOddBackslashes, isComment, isHigh, physicalLines, stripLeft } from './lines.ts';
import { skipBlanks } from './words.ts';

/** Where something stands in a file: a physical line and a character in it, from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What is meant of an assignment: its key, its value from a character on, or the first piece of the value that a message names in quotes. */
export type Part = 'key' | { readonly offset: number } | { readonly message: string };

/**
 * Finds places in the text of a unit file, for what is told of it: a logical line may have been continued, with comments
 * between. Nothing is done before the first question.
 */
export interface Places {
  /** The character at `offset` (from 0) of the logical line that begins in physical line `number`. */
  find(number: number, offset: number): Place;
  /** The part of the assignment there. */
  part(number: number, part: Part): Place;
  /** The character at `offset` of a physical line. */
  physical(number: number, offset: number): Place;
}

export function openPlaces(text: string): Places {
  let physical: readonly string[] | undefined;
  const lines = (): readonly string[] => (physical ??= physicalLines(text));
  // Much may be wrong in one line, and a line may have very many pieces.
  let last: Logical | undefined;
  const logical = (number: number): Logical => (last?.number === number ? last : (last = readLogical(lines(), number)));
  const find = (number: number, offset: number): Place => findPlace(logical(number), offset);
  return {
    find,
    part(number, part) {
      if (part === 'key') return find(number, 0);
      const { text: line } = logical(number);
      const begin = skipBlanks(line, line.indexOf('=') + 1);
      if ('offset' in part) return find(number, begin + part.offset);
      // Of a message that is too long to be told whole the piece is too.
      const [, quoted] = /'(.+?)'(?=$|[ ,;:])/s.exec(part.message.slice(0, longest)) ?? [];
      return find(number, quoted === undefined ? begin : Math.max(line.indexOf(quoted, begin), begin));
    },
    physical(line, offset) {
      return { line, column: countCharacters(bare(lines()[line - 1]).slice(0, offset)) + 1 };
    },
  };
}

const longest = 1000;

/** A piece of a logical line: all of a physical one but blanks before its first character. */
interface Piece {
  readonly line: number;
  readonly raw: string;
  readonly begin: number;
}

/** The pieces of the logical line that begins in physical line `number`; each but the last ends in a backslash. */
function piecesOf(lines: readonly string[], number: number): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let line = number; line <= lines.length; line++) {
    const raw = bare(lines[line - 1]);
    if (line > number && isComment(raw)) continue;
    const continues = raw.endsWith('\\') && endsInOddBackslashes(raw);
    const begin = pieces.length === 0 ? raw.length - stripLeft(raw).length : 0;
    // What is before the first character of the whole does not count.
    if (pieces.length > 0 || !continues || begin + 1 < raw.length) pieces.push({ line, raw, begin });
    if (!continues) break;
  }
  return pieces;
}

interface Logical {
  readonly number: number;
  readonly pieces: readonly Piece[];
  readonly text: string;
}

function readLogical(lines: readonly string[], number: number): Logical {
  const pieces = piecesOf(lines, number);
  const text = pieces
    .map(({ raw, begin }, index, { length }) => raw.slice(begin, index + 1 < length ? -1 : undefined))
    .join(' ');
  return { number, pieces, text };
}

function findPlace({ number, pieces }: Logical, offset: number): Place {
  let rest = offset;
  let place: Place = { line: number, column: 1 };
  for (const { line, raw, begin } of pieces) {
    const at = begin + rest;
    if (at < raw.length) return { line, column: countCharacters(raw.slice(0, at)) + 1 };
    place = { line, column: countCharacters(raw) + 1 };
    rest = at - raw.length;
  }
  return place;
}

function bare(raw = ''): string {
  return raw.startsWith(byteOrderMark) ? raw.slice(1) : raw;
}

/** A pair of surrogates is one. */
function countCharacters(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index++) if (!isHigh(text.charCodeAt(index))) count++;
  return count;
}
