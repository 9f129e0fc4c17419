/** One entry of the journal in the formats of `journalctl -o`: systemd's src/shared/logs-show.c. */
import type { Entry } from '../../journal/query.ts';
import type { FacePort } from '../port.ts';
import { wallClockAt } from '../../units/values/wall-clock.ts';
import type { Palette } from './colour.ts';
import { cut } from './table.ts';
import { harmless } from './text.ts';
import { timestamp } from './time.ts';

export interface EntryStyle {
  /** short, short-iso, cat, json … */
  readonly mode: string;
  /** '' leaves it out. */
  readonly hostName: string;
  readonly palette: Palette;
  /** Lines are cut to it; undefined: not. */
  readonly columns: number | undefined;
  /** What the unit wrote goes out byte for byte: only where no terminal reads it. */
  readonly raw: boolean;
}

export const entryModes: ReadonlySet<string> = new Set([
  'short',
  'short-full',
  'short-iso',
  'short-iso-precise',
  'short-precise',
  'short-monotonic',
  'short-unix',
  'with-unit',
  'verbose',
  'export',
  'json',
  'json-pretty',
  'cat',
]);

/** With its newline. Anything but a known mode is `short`. */
export function renderEntry(face: FacePort, entry: Entry, style: EntryStyle): string {
  const message = style.raw ? entry.message : harmless(entry.message);
  switch (style.mode) {
    case 'cat':
      return `${message}\n`;
    case 'json':
      return `${json(fieldsOf(entry, style.hostName))}\n`;
    case 'json-pretty':
      return `${json(fieldsOf(entry, style.hostName), '\t')}\n`;
    case 'export':
    case 'verbose':
      return verbose(face, entry, style);
    default: {
      const name = style.mode === 'with-unit' ? entry.unit : entry.identifier;
      const process = `${harmless(name)}${entry.pid > 0 ? `[${entry.pid}]` : ''}`;
      const host = style.hostName === '' ? '' : `${harmless(style.hostName)} `;
      const head = `${moment(face, entry.time, style.mode)} ${host}${process}: `;
      const room = style.columns === undefined ? undefined : Math.max(10, style.columns - head.length);
      return `${head}${paintOfPriority(entry.priority, style.palette)(room === undefined ? message : cut(message, room))}\n`;
    }
  }
}

function paintOfPriority(priority: number, palette: Palette): (text: string) => string {
  if (priority <= 3) return palette.bad;
  if (priority === 4) return palette.warn;
  if (priority === 5) return palette.bold;
  return priority === 7 ? palette.dim : (text) => text;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function moment(face: FacePort, time: number, mode: string): string {
  const micro = `.${String(time % 1_000_000).padStart(6, '0')}`;
  switch (mode) {
    case 'short-unix':
      return `${Math.floor(time / 1_000_000)}${micro}`;
    case 'short-monotonic': {
      const clock = face.clock();
      const monotonic = Math.max(0, clock.monotonic - (clock.realtime - time));
      const seconds = String(Math.floor(monotonic / 1_000_000)).padStart(5);
      return `[${seconds}.${String(monotonic % 1_000_000).padStart(6, '0')}]`;
    }
    case 'short-full':
    case 'with-unit':
      return timestamp(face, time);
    default: {
      const seconds = Math.floor(time / 1_000_000);
      const local = wallClockAt(face.zones.local, seconds);
      const clock = [local.hour, local.minute, local.second].map(twoDigits).join(':');
      if (mode === 'short-iso' || mode === 'short-iso-precise') {
        const date = `${local.year}-${twoDigits(local.month + 1)}-${twoDigits(local.day)}`;
        return `${date}T${clock}${mode === 'short-iso' ? '' : micro}${zoneOf(face.zones.local.typeAt(seconds).offset)}`;
      }
      const date = `${months[local.month] ?? ''} ${twoDigits(local.day)}`;
      return `${date} ${clock}${mode === 'short-precise' ? micro : ''}`;
    }
  }
}

function zoneOf(offset: number): string {
  const minutes = Math.floor(Math.abs(offset) / 60);
  return `${offset < 0 ? '-' : '+'}${twoDigits(Math.floor(minutes / 60))}${twoDigits(minutes % 60)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** Fields by the journal's own names (man systemd.journal-fields), values as text. */
function fieldsOf(entry: Entry, hostName: string): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = {
    __REALTIME_TIMESTAMP: String(entry.time),
    PRIORITY: String(entry.priority),
    SYSLOG_IDENTIFIER: entry.identifier,
    _PID: String(entry.pid),
    _HOSTNAME: hostName,
    MESSAGE: entry.message,
  };
  // What the manager says about a unit is not the unit's own: journald has a field for each.
  if (entry.from === 'manager') {
    fields['UNIT'] = entry.unit;
    if (entry.invocation !== '') fields['INVOCATION_ID'] = entry.invocation;
  } else {
    fields['_SYSTEMD_UNIT'] = entry.unit;
    fields['_TRANSPORT'] = 'stdout';
    if (entry.invocation !== '') fields['_SYSTEMD_INVOCATION_ID'] = entry.invocation;
  }
  if (hostName === '') delete fields['_HOSTNAME'];
  return fields;
}

/** JSON may hold DEL and C1 as they are; a terminal may not. */
function json(value: unknown, indent?: string): string {
  return JSON.stringify(value, undefined, indent).replace(
    /[\u007f-\u009f]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
}

function verbose(face: FacePort, entry: Entry, style: EntryStyle): string {
  const lines = Object.entries(fieldsOf(entry, style.hostName)).map(
    ([name, value]) => `${name}=${harmless(String(value))}`,
  );
  if (style.mode === 'export') return `${lines.join('\n')}\n\n`;
  return `${timestamp(face, entry.time, 'us')}\n${lines.map((line) => `    ${line}\n`).join('')}`;
}
