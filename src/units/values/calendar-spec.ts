/** What a calendar expression says, field by field: man systemd.time, "CALENDAR EVENTS". */
import type { Zone } from './zone.ts';

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
