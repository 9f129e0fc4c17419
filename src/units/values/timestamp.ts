/**
 * Points in time: man systemd.time, "PARSING TIMESTAMPS"; systemd's parse_timestamp() and format_timestamp_style() in
 * src/basic/time-util.c. They count usec since 1970, as bigint, for the year 9999 is beyond what a number holds exactly.
 */
import { day, hour, minute, month, parseSpan, second, type Span, week, year } from './duration.ts';
import { freshMemory, momentOf, type WallClock, wallClockAt } from './wall-clock.ts';
import { abbreviationAt } from './zone-suffix.ts';
import { utc, type Zone } from './zone.ts';
import type { Zones } from './zones.ts';

const micro = 1_000_000n;
/** 9999-12-30 23:59:59: beyond it no time is written. */
export const latestTimestamp = 253_402_214_399n * micro;
const forever = (1n << 64n) - 1n;

const invalid: Span = { ok: false, reason: 'invalid' };

/**
 * `2024-01-01 10:00`, `Mon 2024-01-01`, `10:00:30.5 UTC`, `yesterday`, `-1h`, `2 days ago`, `@1700000000` … in usec since 1970, or why it is
 * none. `now`: usec since 1970.
 */
export function parseTimestamp(text: string, now: number | bigint, zones: Zones): Span {
  const blank = text.lastIndexOf(' ');
  const name = text.slice(blank + 1);
  const zone = blank < 0 || / utc$/i.test(text) ? undefined : zones.named(name);
  if (zone === undefined) return parseHere(text, BigInt(now), zones.local);
  // A zone may be called as one of its own times is: then that time is meant.
  if (zone.names.includes(name)) return parseHere(text, BigInt(now), zone);
  return parseDate(text.slice(0, blank), BigInt(now), zone, undefined);
}

/** As parseTimestamp, as a number; exact up to the year 2255. undefined when it is none. */
export function parseMoment(text: string, now: number, zones: Zones): number | undefined {
  const moment = parseTimestamp(text, now, zones);
  return moment.ok && moment.usec !== forever ? Number(moment.usec) : undefined;
}

function parseHere(text: string, now: bigint, local: Zone): Span {
  if (text.startsWith('@')) return parseSpan(text.slice(1));
  if (text === 'now') return { ok: true, usec: now };
  if (text.startsWith('+')) return shifted(now, 1n, text.slice(1));
  if (text.startsWith('-')) return shifted(now, -1n, text.slice(1));
  if (text.endsWith(' ago')) return shifted(now, -1n, text.slice(0, -4));
  if (text.endsWith(' left')) return shifted(now, 1n, text.slice(0, -5));
  if (/ utc$/i.test(text)) return parseDate(text.slice(0, -4), now, utc, undefined);
  const time = abbreviationAt(text, local.names);
  if (time === undefined) return parseDate(text, now, local, undefined);
  return parseDate(text.slice(0, -local.names[time].length - 1), now, local, time === 1);
}

function shifted(now: bigint, direction: bigint, text: string): Span {
  const span = parseSpan(text);
  if (!span.ok) return span;
  const moment = now + direction * span.usec;
  return moment < 0n || moment > latestTimestamp ? invalid : { ok: true, usec: moment };
}

const weekdays: Readonly<Record<string, number>> = { sun: 0, mon: 1, tue: 2, wed: 3, thu: 4, fri: 5, sat: 6 };
const weekdayForm =
  /^(?:(sun)(?:day)?|(mon)(?:day)?|(tue)(?:sday)?|(wed)(?:nesday)?|(thu)(?:rsday)?|(fri)(?:day)?|(sat)(?:urday)?) /i;
const monthNames = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const monthForm =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';

/**
 * strptime(3) takes blanks before every number and any blanks for one, and no digit more than a number has room for: `1:75` is no
 * time, as 7 is all that its minute could be.
 */
const numbers = {
  shortYear: '[0-9]{1,2}',
  longYear: '[0-9]{1,4}',
  month: '[01][0-9]?|[2-9]',
  day: '[0-3][0-9]?|[4-9]',
  hour: '[0-2][0-9]?|[3-9]',
  minute: '[0-5][0-9]?|[6-9]',
  second: '[0-6][0-9]?|[7-9]',
} as const;
const blanks = '[ \\t\\n\\v\\f\\r]*';
/** What was taken is not given back. */
const number = (name: keyof typeof numbers): string => `${blanks}(?=(?<${name}>${numbers[name]}))\\k<${name}>`;
const clock = `${blanks}${number('hour')}:${number('minute')}`;
const seconds = `:${number('second')}(?:\\.(?<fraction>[0-9]+))?`;
const date = (yearName: 'shortYear' | 'longYear'): string => `${number(yearName)}-${number('month')}-${number('day')}`;

/** In the order in which they are tried. Those without seconds set them to 0, those without a time all of it. */
const sources: readonly string[] = [
  `${date('shortYear')}${clock}${seconds}`,
  `${date('longYear')}${clock}${seconds}`,
  `(?<monthName>${monthForm})${blanks}${number('day')}${clock}${seconds}`,
  `${date('shortYear')}${clock}`,
  `${date('longYear')}${clock}`,
  date('shortYear'),
  date('longYear'),
  `${clock}${seconds}`,
  clock,
];

let forms: readonly RegExp[] | undefined;

/** A date or a time in a zone; `isDst` where the text said which of its two times is meant. */
function parseDate(text: string, now: bigint, zone: Zone, isDst: boolean | undefined): Span {
  const today: WallClock = { ...wallClockAt(zone, Number(now / micro)), isDst };
  const midnight = { ...today, hour: 0, minute: 0, second: 0 };
  switch (text) {
    case 'today':
      return moment(zone, midnight, 0n);
    case 'yesterday':
      return moment(zone, { ...midnight, day: today.day - 1 }, 0n);
    case 'tomorrow':
      return moment(zone, { ...midnight, day: today.day + 1 }, 0n);
    default:
  }
  const weekday = weekdayForm.exec(text);
  const rest = weekday === null ? text : text.slice(weekday[0].length);
  forms ??= sources.map((source) => new RegExp(`^${source}$`, 'i'));
  for (const form of forms) {
    const found = form.exec(rest)?.groups;
    if (found === undefined) continue;
    const wall = fieldsOf(found, today);
    if (wall === undefined) continue;
    if (weekday !== null && weekdayIn(wall, found) !== weekdays[weekday[0].slice(0, 3).toLowerCase()]) return invalid;
    return moment(zone, wall, fractionOf(found['fraction'] ?? ''));
  }
  return invalid;
}

type Found = Readonly<Record<string, string | undefined>>;

/** undefined where a number is out of its range: another form may fit. */
function fieldsOf(found: Found, today: WallClock): WallClock | undefined {
  const of = (name: keyof typeof numbers): number | undefined =>
    found[name] === undefined ? undefined : Number(found[name]);
  const { monthName } = found;
  const monthNumber =
    monthName === undefined ? of('month') : monthNames.indexOf(monthName.slice(0, 3).toLowerCase()) + 1;
  const shortYear = of('shortYear');
  const hasDate = of('day') !== undefined;
  const wall: WallClock = {
    ...today,
    year: of('longYear') ?? (shortYear === undefined ? today.year : shortYear + (shortYear < 69 ? 2000 : 1900)),
    month: monthNumber === undefined ? today.month : monthNumber - 1,
    day: of('day') ?? today.day,
    hour: of('hour') ?? 0,
    minute: of('minute') ?? 0,
    second: of('second') ?? 0,
  };
  const isFine =
    (!hasDate || (wall.month >= 0 && wall.month < 12 && wall.day >= 1 && wall.day <= 31)) &&
    wall.hour < 24 &&
    wall.minute < 60 &&
    wall.second < 62;
  return isFine ? wall : undefined;
}

/** The weekday of the date that was given; of today where it was a time alone. */
function weekdayIn(wall: WallClock, found: Found): number {
  if (found['day'] === undefined) return wall.weekday;
  const copy = { ...wall, hour: 0, minute: 0, second: 0, isDst: undefined };
  momentOf(utc, copy, freshMemory());
  return copy.weekday;
}

/** Usec in the digits behind a point; the seventh rounds. */
function fractionOf(digits: string): bigint {
  const rounds = /^\d{6}[5-9]/.test(digits) ? 1n : 0n;
  return BigInt(digits.slice(0, 6).padEnd(6, '0')) + rounds;
}

function moment(zone: Zone, wall: WallClock, fraction: bigint): Span {
  const seconds = momentOf(zone, wall, freshMemory());
  if (seconds === undefined || seconds < 0) return invalid;
  const usec = BigInt(seconds) * micro + fraction;
  return usec > latestTimestamp ? invalid : { ok: true, usec };
}

export type TimestampStyle = 'pretty' | 'us' | 'utc' | 'us+utc' | 'unix';

/** A word of --timestamp=; both letters for micro are taken. */
export function parseTimestampStyle(word: string): TimestampStyle | undefined {
  const plain = word.replace(/^[µμ]s/, 'us');
  return ['pretty', 'us', 'utc', 'us+utc', 'unix'].includes(plain) ? (plain as TimestampStyle) : undefined;
}

const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `Mon 2026-11-23 23:49:02 CET`; undefined for 0 and for ever, which are no times. `usec` since 1970. */
export function formatTimestamp(
  usec: number | bigint,
  zone: Zone,
  style: TimestampStyle = 'pretty',
): string | undefined {
  if (usec <= 0 || usec === Infinity || usec === forever) return undefined;
  const whole = BigInt(usec);
  const moment = Number(whole / micro);
  if (style === 'unix') return `@${moment}`;
  if (whole > latestTimestamp) return '--- XXXX-XX-XX XX:XX:XX';
  const isUtc = style === 'utc' || style === 'us+utc';
  const wall = wallClockAt(isUtc ? utc : zone, moment);
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${String(wall.year)}-${two(wall.month + 1)}-${two(wall.day)}`;
  const time = `${two(wall.hour)}:${two(wall.minute)}:${two(wall.second)}`;
  const fraction = style === 'us' || style === 'us+utc' ? `.${String(whole % micro).padStart(6, '0')}` : '';
  const name = isUtc ? 'UTC' : zone.typeAt(moment).abbreviation;
  return `${dayNames[wall.weekday] ?? ''} ${date} ${time}${fraction}${name === '' ? '' : ` ${name}`}`;
}

/** `3s ago`, `2min 5s left`, `1 week 2 days ago`; both usec since 1970; undefined as for formatTimestamp. */
export function formatRelative(usec: number | bigint, now: number | bigint): string | undefined {
  return usec <= 0 || usec === Infinity || usec === forever ? undefined : formatAgo(BigInt(now) - BigInt(usec));
}

/** `3s ago`, or `left` where `span` (usec) is negative; `now` for 0. */
export function formatAgo(span: number | bigint): string {
  const words = spanWords(Math.abs(Number(span)));
  return words === '' ? 'now' : `${words} ${span > 0 ? 'ago' : 'left'}`;
}

function spanWords(span: number): string {
  const count = (unit: number, of = span): number => Math.floor(of / unit);
  if (span >= year) return `${plural(count(year), 'year')} ${plural(count(month, span % year), 'month')}`;
  if (span >= month) return `${plural(count(month), 'month')} ${plural(count(day, span % month), 'day')}`;
  if (span >= week) return `${plural(count(week), 'week')} ${plural(count(day, span % week), 'day')}`;
  if (span >= 2 * day) return `${count(day)} days`;
  if (span >= 25 * hour) return `1 day ${count(hour, span - day)}h`;
  if (span >= 6 * hour) return `${count(hour)}h`;
  if (span >= hour) return `${count(hour)}h ${count(minute, span % hour)}min`;
  if (span >= 5 * minute) return `${count(minute)}min`;
  if (span >= minute) return `${count(minute)}min ${count(second, span % minute)}s`;
  if (span >= second) return `${count(second)}s`;
  if (span >= 1000) return `${count(1000)}ms`;
  return span > 0 ? `${span}us` : '';
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
