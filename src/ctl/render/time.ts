/** Moments and spans as systemctl shows them: systemd's src/basic/time-util.c. */
import type { FacePort } from '../port.ts';

const second = 1_000_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const week = 7 * day;
const month = 2_629_800 * second;
const year = 31_557_600 * second;

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `Mon 2026-11-23 23:49:02 UTC`; '' for 0, which is never. realtime: usec. */
export function timestamp(face: FacePort, realtime: number, style = 'pretty'): string {
  if (realtime <= 0) return '';
  if (style === 'unix') return `@${Math.floor(realtime / second)}`;
  const isUtc = style.endsWith('utc');
  const local = isUtc ? undefined : face.localTime(realtime);
  const shifted = new Date(Math.floor(realtime / 1000) + (local?.offset ?? 0) * 1000);
  const text = `${weekdays[shifted.getUTCDay()] ?? ''} ${shifted.toISOString().slice(0, 19).replace('T', ' ')}`;
  const micro = /^[uµ]s/.test(style) ? `.${String(realtime % second).padStart(6, '0')}` : '';
  return `${text}${micro} ${local?.zone ?? 'UTC'}`;
}

/** `3s ago`, `2min 5s ago`, `1 week 2 days ago`. span: usec. */
export function ago(span: number): string {
  const past = span >= 0;
  const text = spanWords(Math.abs(span));
  return text === '' ? 'now' : `${text} ${past ? 'ago' : 'left'}`;
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
