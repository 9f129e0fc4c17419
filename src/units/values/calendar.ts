/**
 * Calendar expressions: man systemd.time, "CALENDAR EVENTS"; systemd's src/shared/calendarspec.c of version 252. Beside this:
 * calendar-format.ts writes the normal form, calendar-next.ts finds the moments that match.
 */
import { civilDate, daySeconds } from './civil.ts';
import { cutZone } from './zone-suffix.ts';
import type { Zone } from './zone.ts';
import type { Zones } from './zones.ts';

/** `start..stop/repeat` of one field. */
export interface CalendarComponent {
  readonly start: number;
  /** undefined: a single value, or with `repeat` all that follow. */
  readonly stop: number | undefined;
  /** 0: not at all. */
  readonly repeat: number;
}

/** Any of several; none stands for every value. */
export type CalendarChain = readonly CalendarComponent[];

export interface CalendarSpec {
  /** One bit a day, Monday is 1; undefined is any. */
  readonly weekdays: number | undefined;
  readonly year: CalendarChain;
  /** 1 to 12 */
  readonly month: CalendarChain;
  /** 1 to 31, or with `isEndOfMonth` counted from the last day, which is 1. */
  readonly day: CalendarChain;
  readonly isEndOfMonth: boolean;
  readonly hour: CalendarChain;
  readonly minute: CalendarChain;
  /** Of a minute: seconds with their fraction. */
  readonly microsecond: CalendarChain;
  readonly zone: CalendarZone;
}

/** Where the clock hangs: in UTC, in a zone by name, or here, where the abbreviation of one of two times may have been given. */
export type CalendarZone =
  | { readonly kind: 'utc' }
  | { readonly kind: 'named'; readonly name: string; readonly zone: Zone }
  | { readonly kind: 'local'; readonly zone: Zone; readonly isDst: boolean | undefined };

/** Not the form; a number that has no room; more parts in one field than are allowed. */
export type CalendarFault = 'invalid' | 'range' | 'too-many';

export type ParsedCalendar =
  { readonly ok: true; readonly spec: CalendarSpec } | { readonly ok: false; readonly fault: CalendarFault };

const micro = 1_000_000;
const largestInt = 2 ** 31 - 1;
const mostComponents = 241;

/** What is thrown, and caught, within this file: a fault deep inside ends the whole parse. */
class Fault extends Error {
  readonly fault: CalendarFault;
  constructor(fault: CalendarFault) {
    super(fault);
    this.fault = fault;
  }
}

/** `Mon..Fri *-*-* 10:00 Europe/Berlin`, `daily`, … `zones` tells which words at the end are zones. */
export function parseCalendar(text: string, zones: Zones): ParsedCalendar {
  const { rest, zone } = cutZone(text, zones);
  try {
    const fields = fieldsOf(rest);
    const spec = normalize({ ...fields, zone: fields.isUtc ? { kind: 'utc' } : zone });
    return isValid(spec) ? { ok: true, spec } : { ok: false, fault: 'invalid' };
  } catch (error) {
    if (error instanceof Fault) return { ok: false, fault: error.fault };
    throw error;
  }
}

type Fields = Omit<CalendarSpec, 'zone'> & { readonly isUtc: boolean };

function fieldsOf(text: string): Fields {
  const word = shorthands.get(text.toLowerCase());
  return word ?? parseFields(text);
}

/** Fields where nothing is said: every moment. */
const every: Fields = {
  weekdays: undefined,
  year: [],
  month: [],
  day: [],
  isEndOfMonth: false,
  hour: [],
  minute: [],
  microsecond: [],
  isUtc: false,
};

const only = (...values: number[]): CalendarChain => values.map((start) => ({ start, stop: undefined, repeat: 0 }));
const midnight = { hour: only(0), minute: only(0), microsecond: only(0) };
const annually: Fields = { ...every, month: only(1), day: only(1), ...midnight };
const twice: Fields = { ...annually, month: only(1, 7) };

const shorthands: ReadonlyMap<string, Fields> = new Map([
  ['minutely', { ...every, microsecond: only(0) }],
  ['hourly', { ...every, minute: only(0), microsecond: only(0) }],
  ['daily', { ...every, ...midnight }],
  ['weekly', { ...every, weekdays: 1, ...midnight }],
  ['monthly', { ...every, day: only(1), ...midnight }],
  ['quarterly', { ...annually, month: only(1, 4, 7, 10) }],
  ['annually', annually],
  ['yearly', annually],
  ['anually', annually],
  ['biannually', twice],
  ['bi-annually', twice],
  ['semiannually', twice],
  ['semi-annually', twice],
]);

function parseFields(text: string): Fields {
  if (text === '') throw new Fault('invalid');
  const reader = { text, at: 0 };
  const weekdays = parseWeekdays(reader);
  if (text.charAt(reader.at) === '@') return parseUnixTime(text.slice(reader.at + 1), weekdays);
  const date = parseDate(reader);
  return { ...every, weekdays, ...date, ...parseTime(reader) };
}

/** The text, and how far it is read. */
interface Reader {
  readonly text: string;
  at: number;
}

const weekday = /(mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)/iy;
const weekdayOrder = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** `Mon,Wed..Fri ` as bits; undefined where the text does not begin with a weekday. */
function parseWeekdays(reader: Reader): number | undefined {
  const { text } = reader;
  let bits = 0;
  let from: number | undefined;
  for (let isFirst = true; ; isFirst = false) {
    weekday.lastIndex = reader.at;
    const word = weekday.exec(text)?.[0];
    if (word === undefined) {
      if (isFirst) return undefined;
      throw new Fault('invalid');
    }
    reader.at += word.length;
    const next = text.charAt(reader.at);
    if (!['', '-', '.', ',', ' '].includes(next)) throw new Fault('invalid');
    const number = weekdayOrder.indexOf(word.slice(0, 3).toLowerCase());
    if (from !== undefined && from > number) throw new Fault('invalid');
    for (let day = from ?? number; day <= number; day++) bits |= 1 << day;
    if (next === '.' || next === '-') {
      if (from !== undefined || (next === '.' && text.charAt(reader.at + 1) !== '.')) throw new Fault('invalid');
      from = number;
      reader.at += next === '.' ? 2 : 1;
    } else if (next === ',') {
      from = undefined;
      reader.at++;
    } else {
      skipBlanks(reader);
      return bits;
    }
    if (reader.at < text.length && text.charAt(reader.at) !== ' ') continue;
    // A comma at the end is allowed, an open range is not.
    if (from !== undefined) throw new Fault('invalid');
    skipBlanks(reader);
    return bits;
  }
}

function skipBlanks(reader: Reader): void {
  while (reader.text.charAt(reader.at) === ' ') reader.at++;
}

/** Seconds in as many years as an int can count. */
const longestTime = 67_768_036_191_676_792;

/** `@1700000000`: one moment, in UTC. */
function parseUnixTime(text: string, weekdays: number | undefined): Fields {
  const [, digits] = /^[ \t\n\v\f\r]*\+?(-?\d+)$/.exec(text) ?? [];
  if (digits === undefined) throw new Fault('invalid');
  const seconds = Number(digits);
  if (Math.abs(seconds) > longestTime) throw new Fault('range');
  const days = Math.floor(seconds / daySeconds);
  const rest = seconds - days * daySeconds;
  const { year, month, day } = civilDate(days);
  return {
    ...every,
    weekdays,
    year: only(year),
    month: only(month + 1),
    day: only(day),
    hour: only(Math.floor(rest / 3600)),
    minute: only(Math.floor(rest / 60) % 60),
    microsecond: only((rest % 60) * micro),
    isUtc: true,
  };
}

type DateFields = Partial<Pick<Fields, 'year' | 'month' | 'day' | 'isEndOfMonth'>>;

/** `2024-*-~03 `, `12-24 `, or nothing where a time comes at once. */
function parseDate(reader: Reader): DateFields {
  const { text } = reader;
  const begin = reader.at;
  if (begin === text.length) return {};
  const first = parseChain(reader, 1);
  if (reader.at === text.length || text.charAt(reader.at) === ':') {
    reader.at = begin;
    return {};
  }
  const isMonthEnd = takeDash(reader);
  const second = parseChain(reader, 1);
  if (isDateEnd(reader)) return { month: first, day: second, isEndOfMonth: isMonthEnd };
  if (isMonthEnd) throw new Fault('invalid');
  const isEndOfMonth = takeDash(reader);
  const third = parseChain(reader, 1);
  if (!isDateEnd(reader)) throw new Fault('invalid');
  return { year: first, month: second, day: third, isEndOfMonth };
}

/** Whether it was `~`. */
function takeDash(reader: Reader): boolean {
  const dash = reader.text.charAt(reader.at++);
  if (dash !== '-' && dash !== '~') throw new Fault('invalid');
  return dash === '~';
}

function isDateEnd(reader: Reader): boolean {
  if (reader.at < reader.text.length && reader.text.charAt(reader.at) !== ' ') return false;
  skipBlanks(reader);
  return true;
}

/** `10:00:00`, `*:0/15`, or nothing, which is midnight. */
function parseTime(reader: Reader): Pick<Fields, 'hour' | 'minute' | 'microsecond'> {
  const { text } = reader;
  if (reader.at === text.length) return midnight;
  const hour = parseChain(reader, 1);
  takeColon(reader);
  const minute = parseChain(reader, 1);
  if (reader.at === text.length) return { hour, minute, microsecond: only(0) };
  takeColon(reader);
  const microsecond = parseChain(reader, micro);
  if (reader.at < text.length) throw new Fault('invalid');
  return { hour, minute, microsecond };
}

function takeColon(reader: Reader): void {
  if (reader.text.charAt(reader.at++) !== ':') throw new Fault('invalid');
}

const component = /(\d+)(?:\.(?!\.)(\d*))?(?:\.\.(\d+)(?:\.(?!\.)(\d*))?)?(?:\/(\d+)(?:\.(?!\.)(\d*))?)?(?![^ ,~:-])/y;
const wholeComponent = /(\d+)()(?:\.\.(\d+)())?(?:\/(\d+)())?(?![^ ,~:-])/y;

/** One field; `unit` is 1, or 1,000,000 where seconds are meant, which may have a fraction. */
function parseChain(reader: Reader, unit: number): CalendarChain {
  const { text } = reader;
  if (text.charAt(reader.at) === '*') {
    reader.at++;
    return unit === 1 ? [] : [{ start: 0, stop: undefined, repeat: unit }];
  }
  const chain: CalendarComponent[] = [];
  const shape = unit === 1 ? wholeComponent : component;
  for (;;) {
    if (chain.length >= mostComponents) throw new Fault('too-many');
    shape.lastIndex = reader.at;
    const match = shape.exec(text);
    if (match === null) throw new Fault(parseInt(text.slice(reader.at), 10) * unit > largestInt ? 'range' : 'invalid');
    reader.at = shape.lastIndex;
    chain.push(componentOf(match, unit));
    if (text.charAt(reader.at) !== ',') return chain;
    reader.at++;
  }
}

function componentOf(match: RegExpExecArray, unit: number): CalendarComponent {
  const [, first = '', firstFraction, last, lastFraction, every, everyFraction] = match;
  const start = valueOf(first, firstFraction, unit);
  const stop = last === undefined ? undefined : valueOf(last, lastFraction, unit);
  const repeat = every === undefined ? (stop === undefined ? 0 : unit) : valueOf(every, everyFraction, unit);
  if (every === undefined) {
    if (start > largestInt - repeat) throw new Fault('range');
    // Without a repetition of its own a range of seconds is one of whole seconds.
    if (unit > 1 && stop !== undefined && start + repeat > stop) throw new Fault('invalid');
  } else if (repeat === 0) throw new Fault('range');
  return { start, stop, repeat };
}

/** Digits and what stands behind a point, in units; the seventh decimal rounds. */
function valueOf(digits: string, fraction: string | undefined, unit: number): number {
  if (fraction === '' && unit > 1) throw new Fault('invalid');
  const decimals = (fraction ?? '') === '' ? 0 : Number((fraction ?? '').slice(0, 6).padEnd(6, '0'));
  const rounds = /^\d{6}[5-9]/.test(fraction ?? '') ? 1 : 0;
  const value = Number(digits) * unit + decimals + rounds;
  if (value > largestInt) throw new Fault('range');
  return value;
}

function normalize(spec: CalendarSpec): CalendarSpec {
  const { weekdays } = spec;
  return {
    ...spec,
    weekdays: weekdays === undefined || weekdays === 0 || weekdays >= 127 ? undefined : weekdays,
    isEndOfMonth: spec.isEndOfMonth && spec.day.length > 0,
    year: normalizeChain(spec.year.map(wholeYear)),
    month: normalizeChain(spec.month),
    day: normalizeChain(spec.day),
    hour: normalizeChain(spec.hour),
    minute: normalizeChain(spec.minute),
    microsecond: normalizeChain(spec.microsecond),
  };
}

/** 12 is 2012, 89 is 1989. */
function wholeYear({ start, stop, repeat }: CalendarComponent): CalendarComponent {
  const whole = (year: number): number => (year < 70 ? year + 2000 : year < 100 ? year + 1900 : year);
  return { start: whole(start), stop: stop === undefined ? undefined : whole(stop), repeat };
}

/** Ranges that end where they repeat, single values as such, sorted, each once. */
function normalizeChain(chain: CalendarChain): CalendarChain {
  const parts = chain.map(({ start, stop, repeat }): CalendarComponent => {
    const end = stop !== undefined && stop > start && repeat > 0 ? stop - ((stop - start) % repeat) : stop;
    const isSingle = end !== undefined && (start === end || (end > start && repeat > 0 && start + repeat > end));
    return isSingle ? { start, stop: undefined, repeat: 0 } : { start, stop: end, repeat };
  });
  parts.sort((a, b) => a.start - b.start || (a.stop ?? -1) - (b.stop ?? -1) || a.repeat - b.repeat);
  return parts.filter((part, i) => {
    const before = parts[i - 1];
    return before?.start !== part.start || before.stop !== part.stop || before.repeat !== part.repeat;
  });
}

const firstYear = 1970;
/** No year after this one is ever looked at. */
export const lastYear = 2199;

function isValid(spec: CalendarSpec): boolean {
  return (
    isInRange(spec.year, firstYear, lastYear) &&
    isInRange(spec.month, 1, 12) &&
    (spec.isEndOfMonth ? isFromEnd(spec.day) : isInRange(spec.day, 1, 31)) &&
    isInRange(spec.hour, 0, 23) &&
    isInRange(spec.minute, 0, 59) &&
    isInRange(spec.microsecond, 0, 60 * micro - 1)
  );
}

/** Of a month's end only the last 28 days, which every month has; systemd takes three days more away for each further part. */
function isFromEnd(chain: CalendarChain): boolean {
  return chain.every((part, index) => isInRange([part], 1, 28 - 3 * index, true));
}

function isInRange(chain: CalendarChain, from: number, to: number, isBackward = false): boolean {
  return chain.every(({ start, stop, repeat }) => {
    if (start < from || start > to || repeat > to - from) return false;
    if (stop !== undefined) return stop >= from && stop <= to && start + repeat <= stop;
    return isBackward ? start - repeat >= from : start + repeat <= to;
  });
}
