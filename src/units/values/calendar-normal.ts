/** The normal form of a calendar expression, and whether it can be: calendar_spec_normalize() and calendar_spec_valid(). */
import type { CalendarChain, CalendarComponent, CalendarSpec } from './calendar-spec.ts';

const micro = 1_000_000;

/** Each field sorted, each part once and written in one way; years in full. */
export function normalizeCalendar(spec: CalendarSpec): CalendarSpec {
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

/** Whether each value is one that its field can have. */
export function isValidCalendar(spec: CalendarSpec): boolean {
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
