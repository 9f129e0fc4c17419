/** journalctl: what the keepers and the manager wrote about units. */
import { diskUsage, unitsWithJournal } from '../journal/files.ts';
import type { Identities } from '../journal/identities.ts';
import type { Entry, Query } from '../journal/query.ts';
import { endOf, readBackward, readForward, readLast, readSince } from '../journal/read.ts';
import { mangleUnitName } from '../units/name.ts';
import { globPattern } from '../units/glob.ts';
import { noManager } from './call.ts';
import { completeGlob, isGlob } from './names.ts';
import { type JournalctlOptions, parseJournalctl } from './options/journalctl.ts';
import type { ClientPort, Invocation, Services } from './port.ts';
import { paletteFor } from './render/colour.ts';
import { cursorOf, fromPlace, parseCursor } from './entry-cursor.ts';
import { listFields } from './journal-fields.ts';
import { formatWordOrNumber, logFacilities } from '../units/values/word-list.ts';
import { zonesFrom } from '../units/values/zones.ts';
import { fieldsOf } from './render/entry-fields.ts';
import { entryModes, type EntryStyle, renderEntry } from './render/entry.ts';
import { journalctlHelp } from './render/help.ts';
import { harmless } from './render/text.ts';
import { timestamp } from './render/time.ts';
import { tellItself } from './front.ts';

export async function runJournalctl(services: Services, invocation: Invocation, client: ClientPort): Promise<number> {
  const parsed = parseJournalctl(services.face, invocation.arguments);
  if (parsed.kind === 'refused') return refuse(client, parsed.message);
  const { options, words } = parsed;
  switch (options.action) {
    case 'help':
    case 'version':
      return tellItself({ kind: options.action }, journalctlHelp, services, client);
    case 'disk-usage': {
      const bytes = diskUsage(services.journal, services.journalRoot);
      await client.stdout(`Archived and active journals take up ${formatBytes(bytes)} in the file system.\n`);
      return 0;
    }
    case 'list-boots':
      await listBoots(services, client);
      return 0;
    case 'kernel':
      if (!options.quiet) {
        await client.stderr("The kernel's log is the host's: a container has none.\n");
        await client.stdout('-- No entries --\n');
      }
      return 0;
    case 'nothing':
      return 0;
    case 'output-help':
      await client.stdout(`${entryModes.join('\n')}\n`);
      return 0;
    case 'facility-help':
      await client.stdout(`Available facilities:\n${facilityNames.join('\n')}\n`);
      return 0;
    case 'field':
    case 'fields':
      await listFields(services, options, client);
      return 0;
    case 'show':
  }
  if (services.reach === 'closed') return refuse(client, noManager({ services, invocation }));
  const matched = matchesOf(words, options);
  if (!matched.ok) return refuse(client, matched.message);
  const from = options.from ?? cursorOfFile(services, invocation, options);
  const started = options.boot ? services.api?.system().started.realtime : undefined;
  const since = Math.max(options.since ?? -Infinity, started ?? -Infinity, from?.place.time ?? -Infinity);
  const reading: Reading = {
    services: options.utc
      ? { ...services, face: { ...services.face, zones: zonesFrom(services.files, 'UTC') } }
      : services,
    client,
    from,
    last: { entry: undefined },
    root: services.journalRoot,
    wanted: matched.wanted,
    query: {
      since: since === -Infinity ? undefined : since,
      until: options.until,
      priority: options.priority,
      mostImportant: options.mostImportant,
      pattern: options.pattern,
      identifiers: options.identifiers.length > 0 ? options.identifiers : undefined,
      matches: matched.matches,
    },
    style: styleOf(services, invocation, options),
  };
  const status = await (options.follow ? follow(reading, options, invocation) : show(reading, options));
  const { entry } = reading.last;
  if (entry === undefined) return status;
  if (options.showCursor) await client.stdout(`-- cursor: ${cursorOf(entry)}\n`);
  if (options.cursorFile === '') return status;
  const error = services.files.writeFile(absoluteIn(invocation, options.cursorFile), `${cursorOf(entry)}\n`, 0o644);
  return error === undefined
    ? status
    : refuse(client, `Failed to write new cursor to ${options.cursorFile}: ${services.files.errorText(error)}`);
}

/** --cursor-file=: after the cursor that it holds, if it is there. */
function cursorOfFile(
  { files }: Services,
  invocation: Invocation,
  { cursorFile }: JournalctlOptions,
): JournalctlOptions['from'] {
  const text = cursorFile === '' ? undefined : files.readFile(absoluteIn(invocation, cursorFile), 4096);
  const place = typeof text === 'string' ? parseCursor(text.trim()) : undefined;
  return place === undefined ? undefined : { place, isAfter: true };
}

function absoluteIn({ directory }: Invocation, path: string): string {
  return path.startsWith('/') ? path : `${directory}/${path}`;
}

/** What man syslog calls the facilities; those without a name are numbers. */
const facilityNames = Array.from({ length: 24 }, (_, number) => formatWordOrNumber(number, logFacilities));

interface Reading {
  readonly services: Services;
  readonly client: ClientPort;
  readonly root: string;
  readonly wanted: (unit: string) => boolean;
  readonly query: Query;
  readonly style: EntryStyle;
  readonly from: JournalctlOptions['from'];
  /** The last one that was shown. */
  readonly last: { entry: Entry | undefined };
}

type Matched =
  | {
      readonly ok: true;
      readonly wanted: (unit: string) => boolean;
      readonly matches: ((entry: Entry) => boolean) | undefined;
    }
  | { readonly ok: false; readonly message: string };

/** -u, and matches FIELD=VALUE: those of one field or each other, fields and each other, `+` or what stands at both its sides. */
function matchesOf(words: readonly string[], options: JournalctlOptions): Matched {
  const names = new Set<string>();
  const patterns: RegExp[] = [];
  for (const word of options.units) {
    if (isGlob(word)) patterns.push(globPattern(completeGlob(word, '.service')));
    else {
      const name = mangleUnitName(word);
      if (name === undefined) return { ok: false, message: `Failed to mangle unit name: Invalid argument: ${word}` };
      names.add(name);
    }
  }
  const groups = [new Map<string, Set<string>>()];
  for (const word of words) {
    const group = groups.at(-1) as Map<string, Set<string>>;
    const [, field = '', value = ''] = /^([A-Z0-9_]+)=(.*)$/s.exec(word) ?? [];
    if (word === '+' && group.size === 0) return { ok: false, message: '"+" can only be used between terms' };
    if (word === '+') groups.push(new Map<string, Set<string>>());
    else if (word.startsWith('/'))
      return { ok: false, message: `pidone does not know which program a line is of: '${word}' cannot be looked for.` };
    else if (field === '') return { ok: false, message: `Failed to add match '${word}': Invalid argument` };
    else group.set(field, (group.get(field) ?? new Set<string>()).add(value));
  }
  const { facilities } = options;
  const isPlain = words.length === 0 && facilities.length === 0;
  return {
    ok: true,
    wanted:
      options.units.length === 0
        ? () => true
        : (unit) => names.has(unit) || patterns.some((pattern) => pattern.test(unit)),
    matches: isPlain
      ? undefined
      : (entry) => {
          const fields = fieldsOf(entry, '');
          if (facilities.length > 0 && !facilities.includes(fields['SYSLOG_FACILITY'] ?? '')) return false;
          return groups.some((group) => [...group].every(([field, values]) => values.has(fields[field] ?? '\0')));
        },
  };
}

/** The trailing newline apart, or ''. */
function lineOf({ files }: Services, path: string): string {
  const text = files.readFile(path, 4096);
  return typeof text === 'string' ? text.trim() : '';
}

function styleOf(services: Services, invocation: Invocation, options: JournalctlOptions): EntryStyle {
  const clock = services.face.clock();
  return {
    place: {
      sinceEpoch: clock.realtime - clock.monotonic,
      bootId: lineOf(services, '/proc/sys/kernel/random/boot_id').replaceAll('-', ''),
      bootTime: services.api?.system().started.realtime ?? Infinity,
      machineId: lineOf(services, '/etc/machine-id'),
    },
    fields: options.fields,
    mode: options.output,
    hostName: options.hostName ? services.face.hostName() : '',
    palette: paletteFor(invocation),
    columns: options.full || !invocation.terminal.stdout ? undefined : Math.max(20, invocation.columns),
    raw: !invocation.terminal.stdout && (options.output === 'cat' || options.output === 'export'),
  };
}

function unitsOf({ services, root, wanted }: Reading): readonly string[] {
  return unitsWithJournal(services.journal, root).filter(wanted);
}

/** Text is sent in portions of about this many characters; between two of them the rest of the manager goes on. */
const portion = 32768;

async function show(reading: Reading, options: JournalctlOptions): Promise<number> {
  const { services, client, root, query } = reading;
  const units = unitsOf(reading);
  const { lines } = options;
  if (options.units.length > 0 && units.length === 0 && options.units.every(isGlob))
    return refuse(client, 'Failed to add filter for units: No data available');
  const count = await send(
    reading,
    options.reverse
      ? taken(readBackward(services.journal, root, units, query), lines)
      : oldestFirst(reading, units, lines),
  );
  // A cursor is that of the newest, where none is to be shown.
  if (lines === 0) reading.last.entry = readLast(services.journal, root, units, query, 1)[0];
  if (count === 0 && !options.quiet) await client.stdout('-- No entries --\n');
  return count === 0 && options.pattern !== undefined ? 1 : 0;
}

/** Without a cursor the last lines, else the first ones from there. */
function oldestFirst(
  { services, root, query, from }: Reading,
  units: readonly string[],
  lines: number | undefined,
): Iterable<Entry> {
  const { journal } = services;
  if (from !== undefined)
    return taken(fromPlace(readForward(journal, root, units, query), from.place, from.isAfter), lines);
  return lines === undefined ? readForward(journal, root, units, query) : readLast(journal, root, units, query, lines);
}

function* taken(entries: Iterable<Entry>, most = Infinity): Generator<Entry> {
  let count = 0;
  if (most === 0) return;
  for (const entry of entries) {
    yield entry;
    count += 1;
    if (count >= most) return;
  }
}

/** How many entries were sent. */
async function send({ services, client, style, last }: Reading, entries: Iterable<Entry>): Promise<number> {
  let text = '';
  let count = 0;
  for (const entry of entries) {
    text += renderEntry(services.face, entry, style, last.entry);
    last.entry = entry;
    count += 1;
    if (text.length < portion) continue;
    await client.stdout(text);
    text = '';
    if (client.isGone()) return count;
  }
  if (text !== '') await client.stdout(text);
  return count;
}

/** The last lines, then what comes, until the client leaves. A client that asks again goes on where its cursor says. */
async function follow(reading: Reading, options: JournalctlOptions, invocation: Invocation): Promise<number> {
  const { services, client, root, query } = reading;
  const { journal, face } = services;
  let positions = positionsFrom(invocation) ?? endOf(journal, root, unitsOf(reading));
  if (positionsFrom(invocation) === undefined) {
    const units = unitsOf(reading);
    await send(reading, oldestFirst(reading, units, options.lines));
  }
  const known = new Map<string, Identities>();
  for (;;) {
    client.cursor(JSON.stringify(positions));
    if (client.isGone()) return 0;
    const units = unitsOf(reading);
    // New units make new directories below the root; lines come to the files in theirs.
    const changed = face.changed([root, ...units.map((unit) => `${root}/${unit}`)], client.gone);
    const since = readSince(journal, root, units, positions, query, known);
    ({ positions } = since);
    if (since.entries.length > 0) {
      await send(reading, since.entries);
      continue;
    }
    await changed;
  }
}

type Positions = ReturnType<typeof endOf>;

/** undefined: the client begins. Clients are not trusted with the form of what they bring back. */
function positionsFrom({ again, cursor }: Invocation): Positions | undefined {
  if (!again || cursor === '') return undefined;
  try {
    const positions: unknown = JSON.parse(cursor);
    return Array.isArray(positions) && positions.every(isPosition) ? positions : undefined;
  } catch {
    return undefined;
  }
}

function isPosition(value: unknown): value is Positions[number] {
  if (typeof value !== 'object' || value === null) return false;
  const { unit, identity, offset } = value as Readonly<Record<string, unknown>>;
  return (
    typeof unit === 'string' && typeof identity === 'string' && Number.isSafeInteger(offset) && (offset as number) >= 0
  );
}

async function listBoots({ api, face }: Services, client: ClientPort): Promise<void> {
  const started = api?.system().started.realtime ?? 0;
  const now = face.clock().realtime;
  await client.stdout(
    `IDX BOOT ID                          FIRST ENTRY                 LAST ENTRY\n  0 ${'0'.repeat(32)} ${timestamp(face, started)} ${timestamp(face, now)}\n`,
  );
}

/** `512B`, `4.0K`, `1.5M`: base 1024, one decimal. */
function formatBytes(bytes: number): string {
  const power = [1024 ** 3, 1024 ** 2, 1024].findIndex((size) => bytes >= size);
  return power < 0 ? `${bytes}B` : `${(bytes / 1024 ** (3 - power)).toFixed(1)}${'GMK'.charAt(power)}`;
}

async function refuse(client: ClientPort, sentence: string): Promise<number> {
  await client.stderr(`${harmless(sentence)}\n`);
  return 1;
}
