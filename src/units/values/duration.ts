/**
 * Spans of time: man systemd.time, "PARSING TIME SPANS" and "DISPLAYING TIME SPANS"; systemd's src/basic/time-util.c.
 * Everything counts in usec.
 */
import type { Microseconds } from '../name.ts';

export const second = 1_000_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;
export const week = 7 * day;
/** A twelfth of a year. */
export const month = 2_629_800 * second;
/** 365.25 days. */
export const year = 31_557_600 * second;

const units: Readonly<Record<string, number>> = {
  seconds: second,
  second,
  sec: second,
  s: second,
  minutes: minute,
  minute,
  min: minute,
  months: month,
  month,
  M: month,
  msec: 1000,
  ms: 1000,
  m: minute,
  hours: hour,
  hour,
  hr: hour,
  h: hour,
  days: day,
  day,
  d: day,
  weeks: week,
  week,
  w: week,
  years: year,
  year,
  y: year,
  usec: 1,
  us: 1,
  μs: 1,
  µs: 1,
};

/** What uint64_t says for ever. */
const forever = (1n << 64n) - 1n;
const largestWhole = (1n << 63n) - 1n;

/** A span; or why it is none: not the form of one, or a number that has no room. */
export type Span =
  | { readonly ok: true; /** usec; 2^64-1 is `infinity` */ readonly usec: bigint }
  | { readonly ok: false; readonly reason: 'invalid' | 'range' };

const invalid: Span = { ok: false, reason: 'invalid' };
const outOfRange: Span = { ok: false, reason: 'range' };

/** Units by name, in what is counted, and the form of one part with one of them. */
interface UnitTable {
  readonly factors: Readonly<Record<string, number>>;
  readonly part: RegExp;
}

function unitTable(factors: Readonly<Record<string, number>>): UnitTable {
  return { factors, part: partOf(Object.keys(factors)) };
}

function partOf(names: readonly string[]): RegExp {
  return new RegExp(`[ \\t\\n\\r\\v\\f]*([+-]?\\d+)?(\\.\\d*)?([ \\t\\n\\r]*)(${names.join('|')})?`, 'y');
}

let inMicroseconds: UnitTable | undefined;
let inNanoseconds: UnitTable | undefined;

const simple = /^(\d{1,9})([A-Za-zμµ]*)$/;

/**
 * `5min 20s`, `1.5h`, `infinity` in usec; a number without a unit counts `base` (usec). undefined when it is no span, or beyond 2^64 usec.
 * Above 2^53 usec (285 years) it is exact to a few usec only: parseSpan is exact.
 */
export function parseDuration(text: string, base: number = second): Microseconds | undefined {
  // Most are of this form, and many units have many of them.
  const [whole, count, unit = ''] = simple.exec(text) ?? [];
  if (whole !== undefined) {
    const factor = unit === '' ? base : Object.hasOwn(units, unit) ? (units[unit] as number) : undefined;
    if (factor !== undefined) return (Number(count) * factor) as Microseconds;
  }
  const span = parseSpan(text, base);
  if (!span.ok) return undefined;
  return (span.usec === forever ? Infinity : Number(span.usec)) as Microseconds;
}

/** As parseDuration, to the usec and with the reason why not. */
export function parseSpan(text: string, base: number = second): Span {
  inMicroseconds ??= unitTable(units);
  return parseIn(inMicroseconds, text, base);
}

/** The same in nanoseconds, which a number without a unit counts, and with units for them: parse_nsec(). `usec` of the result are nsec. */
export function parseNanoSpan(text: string): Span {
  if (inNanoseconds === undefined) {
    const factors = Object.entries(units).map(([name, usec]): [string, number] => [name, usec * 1000]);
    inNanoseconds = unitTable({ ...Object.fromEntries(factors), nsec: 1, ns: 1 });
  }
  return parseIn(inNanoseconds, text, 1);
}

function parseIn({ factors, part }: UnitTable, text: string, base: number): Span {
  if (/^[ \t\n\r]*infinity[ \t\n\r]*$/.test(text)) return { ok: true, usec: forever };
  let total = 0n;
  let position = 0;
  for (let count = 0; ; count++) {
    while (' \t\n\r'.includes(text.charAt(position)) && position < text.length) position++;
    if (position === text.length) return count === 0 ? invalid : { ok: true, usec: total };
    if (text.charAt(position) === '-') return outOfRange;
    part.lastIndex = position;
    const [matched = '', whole, fraction, blanks = '', unit] = part.exec(text) ?? [];
    position += matched.length;
    if (whole === undefined && (fraction === undefined || /^\s*[\v\f]/.test(matched))) return invalid;
    const number = BigInt(whole?.replace('+', '') ?? '0');
    if (number < 0n || number > largestWhole) return outOfRange;
    // Two numbers need a unit or a blank between them.
    if (unit === undefined && blanks === '' && position < text.length) return invalid;
    const factor = BigInt(unit === undefined ? base : (factors[unit] ?? 0));
    if (number >= forever / factor || number * factor >= forever - total) return outOfRange;
    total += number * factor;
    if (fraction === undefined) continue;
    if (fraction === '.') return invalid;
    let place = factor / 10n;
    for (const digit of fraction.slice(1, 20)) {
      total += BigInt(digit) * place;
      place /= 10n;
    }
    if (total >= forever) return outOfRange;
  }
}

const steps: readonly (readonly [string, number])[] = [
  ['month', month],
  ['w', week],
  ['d', day],
  ['h', hour],
  ['min', minute],
  ['s', second],
  ['ms', 1000],
  ['us', 1],
];

/**
 * A span as systemctl prints it: `1min 30s`, `infinity`, `0`; below a minute with decimals: `1.500s`. What is smaller than `accuracy`
 * (usec) is left out. parseDuration reads it again.
 */
export function formatDuration(span: number | bigint, accuracy = 1): string {
  if (span === Infinity || span === forever) return 'infinity';
  if (span <= 0) return '0';
  const whole = BigInt(span);
  const years = whole / BigInt(year);
  // From here on a number is exact.
  let rest = Number(whole % BigInt(year));
  const words = years > 0n ? [`${years}y`] : [];
  for (const [name, size] of steps) {
    if (rest <= 0 || (rest < accuracy && words.length > 0)) break;
    if (rest < size) continue;
    const count = Math.floor(rest / size);
    const remainder = rest % size;
    const digits = rest < minute && remainder > 0 ? decimalsFor(size, accuracy) : 0;
    if (digits > 0) {
      words.push(`${count}.${String(remainder).padStart(Math.log10(size), '0').slice(0, digits)}${name}`);
      break;
    }
    words.push(`${count}${name}`);
    rest = remainder;
  }
  return words.join(' ');
}

/** How many decimals of a unit of `size` usec, a power of ten, are worth showing. */
function decimalsFor(size: number, accuracy: number): number {
  let digits = Math.round(Math.log10(size));
  for (let place = accuracy; place > 1; place = Math.floor(place / 10)) digits--;
  return digits;
}
