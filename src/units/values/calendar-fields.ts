/** The fields of a calendar expression as they are written, shorthands included, but for the zone at its end. */
import { type CalendarChain, type CalendarComponent, type CalendarSpec } from './calendar-spec.ts';
import { civilDate, daySeconds } from './civil.ts';

/** Not the form; a number that has no room; more parts in one field than are allowed. */
export type CalendarFault = 'invalid' | 'range' | 'too-many';

const micro = 1_000_000;
const largestInt = 2 ** 31 - 1;
const mostComponents = 241;

/** What calendarFields() throws, and parseCalendar() catches: a fault deep inside ends the whole parse. */
export class Fault extends Error {
  readonly fault: CalendarFault;
  constructor(fault: CalendarFault) {
    super(fault);
    this.fault = fault;
  }
}

export type CalendarFields = Omit<CalendarSpec, 'zone'> & { readonly isUtc: boolean };

/** Throws a Fault. */
export function calendarFields(text: string): CalendarFields {
  const word = shorthands.get(text.toLowerCase());
  return word ?? parseFields(text);
}

/** Fields where nothing is said: every moment. */
const every: CalendarFields = {
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
const annually: CalendarFields = { ...every, month: only(1), day: only(1), ...midnight };
const twice: CalendarFields = { ...annually, month: only(1, 7) };

const shorthands: ReadonlyMap<string, CalendarFields> = new Map([
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

function parseFields(text: string): CalendarFields {
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
function parseUnixTime(text: string, weekdays: number | undefined): CalendarFields {
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

type DateFields = Partial<Pick<CalendarFields, 'year' | 'month' | 'day' | 'isEndOfMonth'>>;

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
function parseTime(reader: Reader): Pick<CalendarFields, 'hour' | 'minute' | 'microsecond'> {
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
