import { betweenFields, unescapeField } from '../units/values/record-field.ts';
import type { KeeperNumber } from './query.ts';

/**
 * One record of a unit's journal. Keepers write them (native/log-file.c), the manager adds its own words about the unit. A
 * record is one line:
 *
 *     <16 hex digits: realtime usec> <class><priority> <keeper> <pid> <message>
 *
 * class u: a line that the unit wrote; U: the same, cut for its length, the next record goes on; m: the manager's word; e: what a process of it said at /dev/log or the journal's
 * socket, with fields (native/log-entry.h). The others are an Identity and what is the same for all, below. A message holds every byte but a newline.
 */
export interface JournalRecord {
  readonly kind: 'line';
  /** usec since 1970 */
  readonly time: number;
  readonly from: 'unit' | 'manager';
  /** The message goes on in the next record of this keeper (LineMax= of man journald.conf). */
  readonly cut: boolean;
  /** 0 to 7, as in syslog(3) */
  readonly priority: number;
  readonly keeper: KeeperNumber;
  readonly pid: number;
  readonly message: string;
  /** NAME, value. */
  readonly fields?: readonly Field[] | undefined;
}

export type Field = readonly [name: string, value: string];

/** `<time> x- <keeper> <keeper's pid> <fields>`: what every line of this keeper has besides. */
export interface CommonFields {
  readonly kind: 'fields';
  readonly time: number;
  readonly keeper: KeeperNumber;
  readonly fields: readonly Field[];
}

/** `<time> i- <keeper> <keeper's pid> <invocation> <identifier>`: what the lines of this keeper are called. */
export interface Identity {
  readonly kind: 'identity';
  readonly time: number;
  readonly keeper: KeeperNumber;
  /** 32 hex digits */
  readonly invocation: string;
  readonly identifier: string;
}

const shape = /^([0-9a-f]{16}) ([uUmiex])([0-7-]) (\d{1,10}) (\d{1,10}) /;

/** A record from its line without the newline; undefined for a torn or foreign line, which readers pass over. */
export function parseRecord(line: string): JournalRecord | Identity | CommonFields | undefined {
  const found = shape.exec(line);
  if (found === null) return undefined;
  const [head, hex, kind, priority, keeper, pid] = found as unknown as [string, string, string, string, string, string];
  const time = parseInt(hex, 16);
  const rest = line.slice(head.length);
  if (kind === 'i') {
    const blank = rest.indexOf(' ');
    if (blank < 0) return undefined;
    return {
      kind: 'identity',
      time,
      keeper: Number(keeper),
      invocation: rest.slice(0, blank),
      identifier: rest.slice(blank + 1),
    };
  }
  if (kind === 'x') {
    return priority === '-'
      ? { kind: 'fields', time, keeper: Number(keeper), fields: rest.split(betweenFields).flatMap(field) }
      : undefined;
  }
  if (priority === '-') return undefined;
  return {
    kind: 'line',
    time,
    from: kind === 'm' ? 'manager' : 'unit',
    cut: kind === 'U',
    priority: Number(priority),
    keeper: Number(keeper),
    pid: Number(pid),
    ...(kind === 'e' ? payload(rest) : { message: rest }),
  };
}

/** A message, then fields: `NAME=value`. */
function payload(text: string): { readonly message: string; readonly fields: readonly Field[] } {
  const [message = '', ...fields] = text.split(betweenFields);
  return { message: unescapeField(message), fields: fields.flatMap(field) };
}

function field(text: string): readonly Field[] {
  const equals = text.indexOf('=');
  return equals <= 0 ? [] : [[text.slice(0, equals), unescapeField(text.slice(equals + 1))]];
}

/** The line of a record, newline included. Newlines in the message become blanks. */
export function formatRecord(record: JournalRecord | Identity): string {
  const time = record.time.toString(16).padStart(16, '0');
  if (record.kind === 'identity')
    return `${time} i- ${record.keeper} 0 ${record.invocation} ${oneLine(record.identifier)}\n`;
  const kind = record.from === 'manager' ? 'm' : record.cut ? 'U' : 'u';
  return `${time} ${kind}${record.priority} ${record.keeper} ${record.pid} ${oneLine(record.message)}\n`;
}

function oneLine(text: string): string {
  return text.includes('\n') ? text.replaceAll('\n', ' ') : text;
}
