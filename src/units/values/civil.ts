/** The Gregorian calendar, before its time as well: days counted from 1970-01-01. */

export const daySeconds = 86_400;

/** The number of a date; `month` (from 0) and `day` may be out of their range, and carry. */
export function civilDays(year: number, month: number, day: number): number {
  // Years begin in March here: the day that leap years add is their last.
  const shifted = month - 2;
  const ofYear = year + Math.floor(shifted / 12);
  const era = Math.floor(ofYear / 400);
  const inEra = ofYear - era * 400;
  const inYear = Math.floor((153 * (shifted - 12 * Math.floor(shifted / 12)) + 2) / 5);
  return era * 146_097 + inEra * 365 + Math.floor(inEra / 4) - Math.floor(inEra / 100) + inYear - 719_468 + day - 1;
}

export interface CivilDate {
  readonly year: number;
  /** From 0. */
  readonly month: number;
  readonly day: number;
}

/** The date of a number of days. */
export function civilDate(days: number): CivilDate {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const inEra = shifted - era * 146_097;
  const ofEra = Math.floor(
    (inEra - Math.floor(inEra / 1460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) / 365,
  );
  const inYear = inEra - (365 * ofEra + Math.floor(ofEra / 4) - Math.floor(ofEra / 100));
  const fromMarch = Math.floor((5 * inYear + 2) / 153);
  const month = (fromMarch + 2) % 12;
  const year = era * 400 + ofEra + (month < 2 ? 1 : 0);
  return { year, month, day: inYear - Math.floor((153 * fromMarch + 2) / 5) + 1 };
}

export function yearOf(days: number): number {
  return civilDate(days).year;
}

/** 0 is Sunday. */
export function weekdayOf(days: number): number {
  return (((days + 4) % 7) + 7) % 7;
}
