/** One entry of the journal in the formats of `journalctl -o`: systemd's src/shared/logs-show.c. */
import type { Entry } from '../../journal/query.ts';
import { valueOf } from '../../journal/read.ts';
import type { FacePort } from '../port.ts';
import { utf8 } from '../../units/name.ts';
import { wallClockAt } from '../../units/values/wall-clock.ts';
import type { Palette } from './colour.ts';
import { addressOf, type EntryPlace, fieldsOf } from './entry-fields.ts';
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
  readonly place: EntryPlace;
  /** --output-fields=; undefined: all. */
  readonly fields: readonly string[] | undefined;
}

/** In systemd's order. */
export const entryModes: readonly string[] =
  'short short-full short-iso short-iso-precise short-precise short-monotonic short-delta short-unix verbose export json json-pretty json-sse json-seq cat with-unit'.split(
    ' ',
  );

/** With its newline. Anything but a known mode is `short`. `before`: the entry that was shown before it (short-delta). */
export function renderEntry(face: FacePort, entry: Entry, style: EntryStyle, before?: Entry): string {
  const lines = entry.message.split('\n').map((line) => (style.raw ? line : harmless(line)));
  switch (style.mode) {
    case 'cat':
      if (style.fields !== undefined)
        return Object.values(shown(entry, style))
          .map((value) => `${style.raw ? value : harmless(value)}\n`)
          .join('');
      return `${lines.join('\n')}\n`;
    case 'json':
      return `${json(everything(entry, style))}\n`;
    case 'json-sse':
      return `data: ${json(everything(entry, style))}\n\n`;
    case 'json-seq':
      return `\u001e${json(everything(entry, style))}\n`;
    case 'json-pretty': {
      const members = Object.entries(everything(entry, style)).map(
        ([name, value]) => `\t${json(name)} : ${json(value)}`,
      );
      return `{\n${members.join(',\n')}\n}\n`;
    }
    case 'export':
    case 'verbose':
      return verbose(face, entry, style);
    default: {
      const name = style.mode === 'with-unit' ? entry.unit : nameOf(entry);
      const process = `${harmless(name)}${entry.pid > 0 ? `[${entry.pid}]` : ''}`;
      const host = style.hostName === '' ? '' : `${harmless(style.hostName)} `;
      const head = `${moment(face, entry.time, style, before?.time)} ${host}${process}: `;
      const room = style.columns === undefined ? undefined : Math.max(10, style.columns - head.length);
      const paint = paintOfPriority(entry.priority, style.palette);
      return lines
        .map(
          (line, at) =>
            `${at === 0 ? head : ' '.repeat(head.length)}${paint(room === undefined ? line : cut(line, room))}\n`,
        )
        .join('');
    }
  }
}

/** Who gives no name is called by that of its program. */
function nameOf({ identifier, fields }: Entry): string {
  return identifier !== '' ? identifier : valueOf(fields, '_COMM') || 'unknown';
}

function paintOfPriority(priority: number, palette: Palette): (text: string) => string {
  if (priority <= 3) return palette.bad;
  if (priority === 4) return palette.warn;
  if (priority === 5) return palette.bold;
  return priority === 7 ? palette.dim : (text) => text;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function moment(face: FacePort, time: number, { mode, place }: EntryStyle, before: number | undefined): string {
  const micro = `.${String(time % 1_000_000).padStart(6, '0')}`;
  switch (mode) {
    case 'short-unix':
      return `${Math.floor(time / 1_000_000)}${micro}`;
    case 'short-delta':
    case 'short-monotonic': {
      const monotonic = Math.max(0, time - place.sinceEpoch);
      const seconds = String(Math.floor(monotonic / 1_000_000)).padStart(5);
      const stamp = `${seconds}.${String(monotonic % 1_000_000).padStart(6, '0')}`;
      if (mode === 'short-monotonic') return `[${stamp}]`;
      if (before === undefined) return `[${stamp}                ]`;
      const passed = Math.max(0, time - before);
      return `[${stamp} <${String(Math.floor(passed / 1_000_000)).padStart(5)}.${String(passed % 1_000_000).padStart(6, '0')} >]`;
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

/** Of the fields those that are asked for, in that order. */
function shown(entry: Entry, style: EntryStyle): Readonly<Record<string, string>> {
  const { machineId } = style.place;
  const fields = fieldsOf(entry, style.hostName);
  const all = machineId === '' ? fields : { ...fields, _MACHINE_ID: machineId };
  if (style.fields === undefined) return all;
  return Object.fromEntries(
    style.fields.flatMap((name) =>
      Object.hasOwn(all, name) ? [[name, (all as Record<string, string>)[name] ?? '']] : [],
    ),
  );
}

function everything(entry: Entry, style: EntryStyle): Readonly<Record<string, string>> {
  return { ...addressOf(entry, style.place), ...shown(entry, style) };
}

/** JSON may hold DEL and C1 as they are; a terminal may not. */
function json(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
}

function verbose(face: FacePort, entry: Entry, style: EntryStyle): string {
  if (style.mode === 'export')
    return `${Object.entries(everything(entry, style))
      .map(([name, value]) => exported(name, style.raw ? value : harmless(value)))
      .join('')}\n`;
  const fields = Object.entries(shown(entry, style));
  const cursor = addressOf(entry, style.place)['__CURSOR'] ?? '';
  return `${timestamp(face, entry.time, 'us')} [${cursor}]\n${fields.map(([name, value]) => `    ${name}=${harmless(value)}\n`).join('')}`;
}

/** A value with a newline in it has its length before it, in eight bytes: "Journal Export Formats" of systemd. */
function exported(name: string, value: string): string {
  if (!value.includes('\n')) return `${name}=${value}\n`;
  const length = utf8Length(value);
  const bytes = Array.from({ length: 8 }, (_, at) => (at < 4 ? (length >>> (8 * at)) & 0xff : 0));
  return `${name}\n${String.fromCharCode(...bytes.map((byte) => (byte < 0x80 ? byte : 0xdc00 + byte)))}${value}\n`;
}

function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) length += utf8(character).length;
  return length;
}
