/** Moments as in `--since`: man systemd.time, "PARSING TIMESTAMPS"; systemd's src/basic/time-util.c parse_timestamp(). */
import { parseDuration } from '../../units/values/duration.ts';
import type { FacePort } from '../port.ts';

const shape =
  /^(?:([a-z]{3,9})\s+)?(?:(\d{2}|\d{4})-(\d{1,2})-(\d{1,2}))?(?:[ T]*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?)?$/i;

/** `2026-01-01 10:00`, `10:00`, `yesterday`, `-1h`, `1h ago`, `@1767225600`, `now` to realtime usec; undefined when it is none. */
export function parseMoment(face: FacePort, text: string): number | undefined {
  const now = face.clock().realtime;
  const trimmed = text.trim();
  if (trimmed === 'now') return now;
  const day = dayWord(trimmed);
  if (day !== undefined) return midnight(face, now, day);
  if (/^@\d/.test(trimmed)) {
    const span = parseDuration(trimmed.slice(1));
    return span === undefined || span === Infinity ? undefined : span;
  }
  const relative = /^([+-])(.+)$/.exec(trimmed) ?? /^(?<!\S)()(.+?)\s+(?:ago|left)$/.exec(trimmed);
  if (relative !== null) {
    const span = parseDuration(relative[2] ?? '');
    if (span === undefined || span === Infinity) return undefined;
    const isPast = relative[1] === '-' || trimmed.endsWith('ago');
    return isPast ? Math.max(0, now - span) : now + span;
  }
  return parseDate(face, trimmed, now);
}

function dayWord(word: string): number | undefined {
  return word === 'today' ? 0 : word === 'yesterday' ? -1 : word === 'tomorrow' ? 1 : undefined;
}

/** The beginning of a day, counted from today, in local time. */
function midnight(face: FacePort, now: number, days: number): number {
  const local = face.localTime(now);
  return fromLocal(face, Date.UTC(local.year, local.month - 1, local.day + days), false);
}

function parseDate(face: FacePort, text: string, now: number): number | undefined {
  const isUtc = /\s+(UTC|Z)$|\dZ$/.test(text);
  const found = shape.exec(text.replace(/\s*(UTC|Z)$/, ''));
  if (found === null || text === '') return undefined;
  const [, , year, month, day, hour = '0', minute = '0', second = '0', fraction = ''] = found;
  if (year === undefined && found[5] === undefined) return undefined;
  const today = face.localTime(now);
  const fullYear =
    year === undefined
      ? today.year
      : year.length === 2
        ? Number(year) + (Number(year) < 69 ? 2000 : 1900)
        : Number(year);
  const monthNumber = month === undefined ? today.month : Number(month);
  const dayNumber = day === undefined ? today.day : Number(day);
  if (monthNumber < 1 || monthNumber > 12 || dayNumber < 1 || dayNumber > 31) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const utc = Date.UTC(fullYear, monthNumber - 1, dayNumber, Number(hour), Number(minute), Number(second));
  return fromLocal(face, utc, isUtc) + Number(fraction.padEnd(6, '0'));
}

/** Wall clock (msec, as if it were UTC) to realtime usec. The offset is that of the moment itself, found in two steps. */
function fromLocal(face: FacePort, wall: number, isUtc: boolean): number {
  if (isUtc) return wall * 1000;
  const guess = (wall - face.localTime(wall * 1000).offset * 1000) * 1000;
  return (wall - face.localTime(guess).offset * 1000) * 1000;
}
