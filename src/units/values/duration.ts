/** Spans of time: man systemd.time, systemd's src/basic/time-util.c (parse_sec, format_timespan). */
import type { Microseconds } from '../name.ts';

const second = 1_000_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const units: Readonly<Record<string, number>> = {
  seconds: second,
  second,
  sec: second,
  s: second,
  minutes: minute,
  minute,
  min: minute,
  months: 2_629_800 * second,
  month: 2_629_800 * second,
  M: 2_629_800 * second,
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
  weeks: 7 * day,
  week: 7 * day,
  w: 7 * day,
  years: 31_557_600 * second,
  year: 31_557_600 * second,
  y: 31_557_600 * second,
  usec: 1,
  us: 1,
  µs: 1,
  μs: 1,
  '': second,
};

const part = /[ \t\r\n]*(?:(\d+)(?:\.(\d*))?|\.(\d+))[ \t\r\n]*([A-Za-zµμ]*)/y;

/**
 * `5min 20s`, `1.5h`, `infinity` in usec; a number without a unit counts `base` (usec). undefined when it is no span, or beyond 2^64 usec.
 * Above 2^53 usec (285 years) it is exact to a few usec only.
 */
export function parseDuration(text: string, base: number = second): Microseconds | undefined {
  const trimmed = text.trim();
  if (/^\d+$/.test(trimmed) && trimmed.length < 10) return (Number(trimmed) * base) as Microseconds;
  if (trimmed === 'infinity') return Infinity as Microseconds;
  if (trimmed === '') return undefined;
  let total = 0;
  for (let position = 0; position < trimmed.length; position = part.lastIndex) {
    part.lastIndex = position;
    const match = part.exec(trimmed);
    if (match === null) return undefined;
    const [, whole, decimals, bare, unit = ''] = match;
    if (!Object.hasOwn(units, unit)) return undefined;
    const factor = unit === '' ? base : (units[unit] ?? 0);
    const fraction = decimals ?? bare ?? '';
    total += Number(whole ?? '0') * factor + fractionOf(fraction.slice(0, 9), factor);
  }
  return total >= 2 ** 64 ? undefined : (total as Microseconds);
}

/** `digits` after the point, of a unit of `factor` usec; the product is exact for units up to a second. */
function fractionOf(digits: string, factor: number): number {
  return digits === '' ? 0 : Math.floor((Number(digits) * factor) / 10 ** digits.length);
}

const steps: readonly (readonly [string, number])[] = [
  ['y', 31_557_600 * second],
  ['month', 2_629_800 * second],
  ['w', 7 * day],
  ['d', day],
  ['h', hour],
  ['min', minute],
  ['s', second],
  ['ms', 1000],
  ['us', 1],
];

/** A span as systemctl prints it: `1min 30s`, `infinity`, `0`; below a minute with decimals, down to `accuracy` (usec): `1.500s`. */
export function formatDuration(span: Microseconds, accuracy = 1): string {
  if (span === Infinity) return 'infinity';
  if (span <= 0) return '0';
  const words: string[] = [];
  let rest: number = span;
  for (const [name, size] of steps) {
    if (rest <= 0 || (rest < accuracy && words.length > 0)) break;
    if (rest < size) continue;
    const count = Math.floor(rest / size);
    const remainder = rest % size;
    if (rest < minute && remainder > 0) {
      const digits = decimalsFor(size, accuracy);
      if (digits > 0) {
        words.push(`${count}.${String(remainder).padStart(Math.log10(size), '0').slice(0, digits)}${name}`);
        break;
      }
    }
    words.push(`${count}${name}`);
    rest = remainder;
  }
  return words.join(' ');
}

/** How many decimals of a unit of `size` usec are worth showing. */
function decimalsFor(size: number, accuracy: number): number {
  let digits = 0;
  for (let place = size; place > accuracy && place > 1; place /= 10) digits++;
  return digits;
}
