/** An entry of the journal as fields: their names are those of man systemd.journal-fields. */
import type { Entry } from '../../journal/query.ts';
import { valueOf } from '../../journal/read.ts';
import { cursorOf } from '../entry-cursor.ts';

/** What is known of where and when entries are read. */
export interface EntryPlace {
  /** usec: realtime less monotonic. */
  readonly sinceEpoch: number;
  /** Of entries from this time on (usec); '' where it is not known. */
  readonly bootId: string;
  readonly bootTime: number;
  /** '' where there is none. */
  readonly machineId: string;
}

/** What every output of fields begins with. */
export function addressOf(entry: Entry, place: EntryPlace): Readonly<Record<string, string>> {
  const address: Record<string, string> = {
    __CURSOR: cursorOf(entry),
    __REALTIME_TIMESTAMP: String(entry.time),
    __MONOTONIC_TIMESTAMP: String(Math.max(0, entry.time - place.sinceEpoch)),
  };
  if (place.bootId !== '' && entry.time >= place.bootTime) address['_BOOT_ID'] = place.bootId;
  return address;
}

/** Names and values; those of the kernel's word first, then what was said. */
export function fieldsOf(entry: Entry, hostName: string): Readonly<Record<string, string>> {
  const { fields, from, unit, invocation, identifier } = entry;
  const all: Record<string, string> = { PRIORITY: String(entry.priority) };
  if (identifier !== '') all['SYSLOG_IDENTIFIER'] = identifier;
  all['_PID'] = String(entry.pid);
  if (hostName !== '') all['_HOSTNAME'] = hostName;
  all['MESSAGE'] = entry.message;
  // What the manager says about a unit is not the unit's own: journald has a field for each.
  if (from === 'manager') {
    all['UNIT'] = unit;
    if (invocation !== '') all['INVOCATION_ID'] = invocation;
    const id = messageIdOf(entry.message);
    if (id !== undefined) all['MESSAGE_ID'] = id;
  } else {
    all['_SYSTEMD_UNIT'] = unit;
    if (invocation !== '') all['_SYSTEMD_INVOCATION_ID'] = invocation;
  }
  if (valueOf(fields, '_TRANSPORT') === '') {
    all['_TRANSPORT'] = from === 'manager' ? 'journal' : 'stdout';
    all['SYSLOG_FACILITY'] = '3';
  }
  for (const [name, value] of fields) if (!(name in all) || name === 'SYSLOG_FACILITY') all[name] = value;
  return all;
}

/** MESSAGE_ID= of what the manager says of a unit, by its words: systemd's sd-messages.h. */
function messageIdOf(message: string): string | undefined {
  return messageIds.find(([words]) => words.test(message))?.[1];
}

const messageIds: readonly (readonly [RegExp, string])[] = [
  [/^Starting .*\.\.\.$/, '7d4958e842da4a758f6c1cdc7b36dcc5'],
  [/^(?:Started|Finished|Reached target) /, '39f53479d3a045ac8e11786248231fbf'],
  [/^(?:Failed to start|Timed out starting|Dependency failed for) /, 'be02cf6855d2428ba40df7e9d022f03d'],
  [/^Stopping .*\.\.\.$/, 'de5b426a63be47a7b6ac3eaac82e2f6f'],
  [/^Stopped /, '9d1aaa27d60140bd96365438aad20286'],
  [/^Reloading .*\.\.\.$/, 'd34d037fff1847e6ae669a370e694725'],
  [/^(?:Reloaded|Reload failed for) /, '7b05ebc668384222baa8881179cfda54'],
  [/: (?:Main|Control) process exited, code=/, '98e322203f7a4ed290d09fe03c09fe15'],
  [/: Failed with result '/, 'd9b373ed55a64feb8242e02dbe79a49c'],
  [/: Deactivated successfully\.$/, '7ad2d189f7e94e70a38c781354912448'],
  [/^Suppressed \d+ messages from /, 'a596d6fe7bfa4994828e72309e95d61e'],
  [/: Scheduled restart job, /, '5eb03494b6584870a536b337290809b3'],
];
