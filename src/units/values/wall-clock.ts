/** Between moments and what clocks show in a zone: localtime(3) and mktime(3) of the C library of Debian, which systemd asks. */
import { civilDate, civilDays, daySeconds, weekdayOf } from './civil.ts';
import type { Zone } from './zone.ts';

/** Broken-down time, to be changed field by field; a field out of its range carries. */
export interface WallClock {
  year: number;
  /** From 0. */
  month: number;
  /** From 1. */
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** Whether daylight saving time is in effect; undefined lets the zone say. */
  isDst: boolean | undefined;
  /** 0 is Sunday. */
  weekday: number;
}

/** What clocks show at a moment, in seconds since 1970. */
export function wallClockAt(zone: Zone, seconds: number): WallClock {
  const { offset, isDst } = zone.typeAt(seconds);
  const local = seconds + offset;
  const days = Math.floor(local / daySeconds);
  const rest = local - days * daySeconds;
  return {
    ...civilDate(days),
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    isDst,
    weekday: weekdayOf(days),
  };
}

/**
 * What mktime(3) keeps from one call to the next: the offset from UTC that it found last, where it begins to look. It decides
 * which of two moments is meant by a time that clocks show twice. One object a run of calls that belong together.
 */
export interface ClockMemory {
  offset: number;
}

/** Without a hint: as a process begins. */
export function freshMemory(): ClockMemory {
  return { offset: 0 };
}

/** How often the guess is corrected; as many as any zone needs. */
const corrections = 6;
/** A daylight saving time of an unusual length is looked for this far, in steps that miss none; seconds. */
const searchStep = 601_200;
const searchEnd = 457_243_209 / 2 + searchStep;

/**
 * The moment (seconds since 1970) at which clocks show `wall`, which is then normalized in place; undefined where there is none.
 * A time that clocks skip is taken as if they had gone on, one way or the other.
 */
export function momentOf(zone: Zone, wall: WallClock, memory: ClockMemory): number | undefined {
  const second = Math.min(59, Math.max(0, wall.second));
  // The moment if the zone were UTC.
  const shown = civilDays(wall.year, wall.month, wall.day) * daySeconds + wall.hour * 3600 + wall.minute * 60 + second;
  const found = search(zone, shown, wall.isDst, memory.offset);
  if (found === undefined) return undefined;
  memory.offset = shown - found;
  const moment = found + (wall.second - second);
  Object.assign(wall, wallClockAt(zone, moment));
  return moment;
}

function search(zone: Zone, shown: number, wanted: boolean | undefined, guess: number): number | undefined {
  const step = (moment: number): number => shown - moment - zone.typeAt(moment).offset;
  let moment = shown - guess;
  let before = moment;
  let beforeThat = moment;
  let wasDst = false;
  for (let left = corrections; ; left--) {
    const { isDst } = zone.typeAt(moment);
    const error = step(moment);
    if (error === 0) break;
    // Back and forth between two moments: clocks skip this time.
    const skips = moment === before && moment !== beforeThat;
    if (skips && (wanted === undefined ? !wasDst || isDst : wanted !== isDst)) return moment;
    if (left === 1) return undefined;
    before = beforeThat;
    beforeThat = moment;
    moment += error;
    wasDst = isDst;
  }
  if (wanted === undefined || wanted === zone.typeAt(moment).isDst) return moment;
  // The other kind of time is meant: its offset is that of a neighbour.
  for (let distance = searchStep; distance < searchEnd; distance += searchStep)
    for (const neighbour of [moment - distance, moment + distance]) {
      const { isDst, offset } = zone.typeAt(neighbour);
      if (isDst === wanted) return shown - offset;
    }
  return wanted ? moment - 3600 : moment + 3600;
}
