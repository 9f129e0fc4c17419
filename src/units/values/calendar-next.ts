/**
 * When a calendar expression comes next. Every step is systemd's own (find_next() in src/shared/calendarspec.c), for what comes of it
 * where clocks are changed lies in the steps: a time that they skip is passed over or taken an hour later, one that they show twice
 * is taken once.
 */
import { lastYear } from './calendar-normal.ts';
import type { CalendarChain, CalendarSpec } from './calendar-spec.ts';
import { type ClockMemory, freshMemory, momentOf, type WallClock, wallClockAt } from './wall-clock.ts';
import { utc, type Zone } from './zone.ts';

const micro = 1_000_000;
/** 9999-12-30 23:59:59, beyond which systemd writes no time. */
const latest = 253_402_214_399 * micro;
const mostRounds = 1000;

/**
 * The first moment after `after` that matches; both are usec since 1970. `never`: none does any more. `invalid`: `after` is beyond what
 * can be written. `endless`: systemd gives up on this one, and so do we.
 */
export function nextElapse(spec: CalendarSpec, after: number): number | 'never' | 'invalid' | 'endless' {
  if (after > latest) return 'invalid';
  const zone = spec.zone.kind === 'utc' ? utc : spec.zone.zone;
  const seconds = Math.floor((after + 1) / micro);
  const search: Search = { spec, zone, memory: freshMemory() };
  const found = findNext(search, { ...wallClockAt(zone, seconds), micro: (after + 1) % micro });
  if (typeof found === 'string') return found;
  const moment = momentOf(zone, found, search.memory);
  return moment === undefined || moment < 0 ? 'invalid' : moment * micro + found.micro;
}

interface Search {
  readonly spec: CalendarSpec;
  readonly zone: Zone;
  readonly memory: ClockMemory;
}

/** A clock that shows fractions. */
type Clock = WallClock & { micro: number };

/** In their order: what a change of one sets back is all behind it. */
const fields = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;
type Field = (typeof fields)[number];
const least: Readonly<Record<Field, number>> = { year: 0, month: 0, day: 1, hour: 0, minute: 0, second: 0 };

/** Sets all that is smaller than `field` to its least. */
function setBack(clock: Clock, field: Field): void {
  for (const smaller of fields.slice(fields.indexOf(field) + 1)) clock[smaller] = least[smaller];
  clock.micro = 0;
}

/** Whether a field was carried on: `next` is to be tried, in a new round. */
type Step = 'fits' | 'again';

function findNext(search: Search, begin: Clock): Clock | 'never' | 'endless' {
  const { spec, zone, memory } = search;
  const wanted = spec.zone.kind === 'local' ? spec.zone.isDst : undefined;
  const clock = { ...begin };
  let isStuck = false;
  for (let round = 0; round < mostRounds; round++) {
    momentOf(zone, clock, memory);
    if (!isStuck) clock.isDst = wanted;
    if (!fitYear(search, clock)) return 'never';
    if (smallerFields.some((field) => fit(search, clock, field) === 'again')) continue;
    if (compare(begin, clock) < 0) return clock;
    // What is set back for a change of the clocks would come before we began: on, and let the zone say which time it is.
    isStuck = true;
    clock.hour++;
  }
  return 'endless';
}

const smallerFields = ['month', 'day', 'hour', 'minute', 'second'] as const;

function fitYear(search: Search, clock: Clock): boolean {
  const match = nextMatch(search.spec.year, clock.year);
  if (match === undefined) return false;
  if (match !== clock.year) {
    clock.year = match;
    setBack(clock, 'year');
  }
  return existence(search, clock) === 'exists';
}

/** Moves a field to its next match. Where it has none, or the date does not exist, the field before it goes on by one. */
function fit(search: Search, clock: Clock, field: (typeof smallerFields)[number]): Step {
  const { spec } = search;
  const match = matchOf(search, clock, field);
  if (match !== undefined && field !== 'second' && match !== clock[field]) {
    clock[field] = match;
    setBack(clock, field);
  } else if (match !== undefined && field === 'second') {
    clock.second = Math.floor(match / micro);
    clock.micro = match % micro;
  }
  const state = match === undefined ? 'none' : existence(search, clock);
  if (state === 'none') {
    const before = fields[fields.indexOf(field) - 1] as Field;
    clock[before]++;
    setBack(clock, before);
    return 'again';
  }
  if (state === 'moved') return 'again';
  if (field !== 'day' || isWeekday(spec.weekdays, search, clock)) return 'fits';
  clock.day++;
  setBack(clock, 'day');
  return 'again';
}

function matchOf(search: Search, clock: Clock, field: (typeof smallerFields)[number]): number | undefined {
  const { spec } = search;
  switch (field) {
    case 'month': {
      const match = nextMatch(spec.month, clock.month + 1);
      return match === undefined ? undefined : match - 1;
    }
    case 'day':
      return nextMatch(spec.isEndOfMonth ? fromEnd(search, clock) : spec.day, clock.day);
    case 'hour':
      return nextMatch(spec.hour, clock.hour);
    case 'minute':
      return nextMatch(spec.minute, clock.minute);
    case 'second':
      return nextMatch(spec.microsecond, clock.second * micro + clock.micro);
  }
}

/** The least value of the chain that is not below `value`. */
function nextMatch(chain: CalendarChain, value: number): number | undefined {
  if (chain.length === 0) return value;
  let best: number | undefined;
  for (const { start, stop, repeat } of chain) {
    const match = start >= value || repeat === 0 ? start : start + repeat * Math.ceil((value - start) / repeat);
    if (match < value || (match !== start && stop !== undefined && match > stop)) continue;
    if (best === undefined || match < best) best = match;
  }
  return best;
}

/** Days that count from the last of the month, as days of this month. */
function fromEnd({ spec, zone, memory }: Search, clock: Clock): CalendarChain {
  const dayOf = (fromLast: number): number => {
    const wall = { ...clock, month: clock.month + 1, day: 1 - fromLast };
    const moment = momentOf(zone, wall, memory);
    return moment === undefined || moment < 0 || wall.month !== clock.month ? -1 : wall.day;
  };
  return spec.day.map(({ start, stop, repeat }) => {
    const first = dayOf(start);
    // Of a range the later number is the earlier day. For a single day systemd asks the zone all the same.
    const last = dayOf(stop ?? -1);
    return last > 0 ? { start: last, stop: first, repeat } : { start: first, stop: undefined, repeat };
  });
}

/**
 * Whether clocks ever show this. `moved`: they do not, and it was moved on to what they show instead, from its begin on; `none`: no
 * later time would do either.
 */
function existence({ zone, memory }: Search, clock: Clock): 'exists' | 'moved' | 'none' {
  if (clock.year > lastYear) return 'none';
  const wall = { ...clock };
  const moment = momentOf(zone, wall, memory);
  if (moment === undefined || moment < 0) return 'none';
  const changed = fields.find((field) => wall[field] !== clock[field]);
  if (changed === undefined) return 'exists';
  if (wall[changed] < clock[changed]) return 'none';
  const smaller = fields[fields.indexOf(changed) + 1];
  if (smaller !== undefined) wall[smaller] = least[smaller];
  Object.assign(clock, wall);
  return 'moved';
}

function isWeekday(weekdays: number | undefined, { zone, memory }: Search, clock: Clock): boolean {
  if (weekdays === undefined) return true;
  const wall = { ...clock };
  const moment = momentOf(zone, wall, memory);
  return moment !== undefined && moment >= 0 && (weekdays & (1 << ((wall.weekday + 6) % 7))) !== 0;
}

function compare(a: Clock, b: Clock): number {
  const field = fields.find((one) => a[one] !== b[one]);
  return field === undefined ? a.micro - (b.micro + 1) : a[field] - b[field];
}
