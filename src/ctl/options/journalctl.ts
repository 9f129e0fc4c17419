/** The options of journalctl 252: what pidone does with each. man journalctl. */
import type { FacePort } from '../port.ts';
import { type Place, parseCursor } from '../entry-cursor.ts';
import { entryModes } from '../render/entry.ts';
import { parseMoment } from '../../units/values/timestamp.ts';
import { logFacilities, parseWordOrNumber } from '../../units/values/word-list.ts';
import { type JournalctlOption, journalctlShapes } from './journalctl-shapes.ts';
import { parseArguments } from './parse.ts';

export interface JournalctlOptions {
  readonly units: readonly string[];
  readonly identifiers: readonly string[];
  /** Numbers of syslog's facilities. */
  readonly facilities: readonly string[];
  readonly follow: boolean;
  /** undefined: all. */
  readonly lines: number | undefined;
  readonly reverse: boolean;
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly priority: number | undefined;
  /** The least number of a range. */
  readonly mostImportant: number;
  readonly pattern: RegExp | undefined;
  readonly output: string;
  readonly quiet: boolean;
  readonly hostName: boolean;
  readonly full: boolean;
  /** --output-fields= */
  readonly fields: readonly string[] | undefined;
  /** -b: what was said since the container runs. */
  readonly boot: boolean;
  readonly utc: boolean;
  readonly from: { readonly place: Place; readonly isAfter: boolean } | undefined;
  readonly cursorFile: string;
  readonly showCursor: boolean;
  /** -F */
  readonly field: string;
  readonly action:
    | 'show'
    | 'disk-usage'
    | 'list-boots'
    | 'kernel'
    | 'field'
    | 'fields'
    | 'nothing'
    | 'output-help'
    | 'facility-help'
    | 'help'
    | 'version';
}

export type JournalctlArguments =
  | { readonly kind: 'run'; readonly options: JournalctlOptions; readonly words: readonly string[] }
  | { readonly kind: 'refused'; readonly message: string };

export function parseJournalctl(face: FacePort, given: readonly string[]): JournalctlArguments {
  const parsed = parseArguments<JournalctlOption>('journalctl', journalctlShapes, joinLines(given));
  if (!parsed.ok) return { kind: 'refused', message: parsed.message };
  const options: { -readonly [K in keyof JournalctlOptions]: JournalctlOptions[K] } = {
    units: [],
    identifiers: [],
    facilities: [],
    follow: false,
    lines: undefined,
    reverse: false,
    since: undefined,
    until: undefined,
    priority: undefined,
    mostImportant: 0,
    fields: undefined,
    boot: false,
    utc: false,
    from: undefined,
    cursorFile: '',
    showCursor: false,
    field: '',
    pattern: undefined,
    output: 'short',
    quiet: false,
    hostName: true,
    full: true,
    action: 'show',
  };
  let tail = true;
  let badCursor = false;
  let grep: string | undefined;
  let caseSensitive: boolean | undefined;
  for (const { name, value } of parsed.options) {
    const text = value ?? '';
    switch (name) {
      case 'help':
      case 'version':
      case 'disk-usage':
      case 'list-boots':
      case 'fields':
      case 'nothing':
        options.action = name;
        break;
      case 'dmesg':
        options.action = 'kernel';
        options.boot = true;
        break;
      case 'unit':
        options.units = [...options.units, text];
        break;
      case 'identifier':
        options.identifiers = [...options.identifiers, text];
        break;
      case 'follow':
      case 'reverse':
      case 'quiet':
        options[name] = true;
        break;
      case 'full':
        options.full = true;
        break;
      case 'no-full':
        options.full = false;
        break;
      case 'no-hostname':
        options.hostName = false;
        break;
      case 'no-tail':
        tail = false;
        break;
      case 'pager-end':
        options.lines ??= 1000;
        break;
      case 'lines': {
        const count =
          value === undefined ? 10 : value === 'all' ? Infinity : /^\d{1,15}$/.test(value) ? Number(value) : -1;
        if (count < 0) return refuse(`Failed to parse lines '${text}'`);
        options.lines = count === Infinity ? undefined : count;
        if (count === Infinity) tail = false;
        break;
      }
      case 'since':
      case 'until': {
        const time = parseMoment(text, face.clock().realtime, face.zones);
        if (time === undefined) return refuse(`Failed to parse timestamp: ${text}`);
        options[name] = time;
        break;
      }
      case 'priority': {
        const priority = parsePriority(text);
        if (priority === undefined) return refuse(`Unknown log level ${text}`);
        options.priority = priority.most;
        options.mostImportant = priority.least;
        break;
      }
      case 'facility': {
        if (text === 'help') {
          options.action = 'facility-help';
          break;
        }
        const numbers = text.split(',').map(parseFacility);
        const wrong = numbers.indexOf(undefined);
        if (wrong >= 0) return refuse(`Bad --facility= argument "${text.split(',')[wrong] ?? ''}".`);
        options.facilities = [...options.facilities, ...numbers.map(String)];
        break;
      }
      case 'grep':
        grep = text;
        break;
      case 'case-sensitive':
        caseSensitive = !/^(0|no|n|false|f|off)$/i.test(text);
        break;
      case 'output':
        if (text === 'help') options.action = 'output-help';
        else if (!entryModes.includes(text)) return refuse(`Unknown output format '${text}'.`);
        else options.output = text;
        // What is read by programs has no notes.
        if (/^(?:export|json|cat)/.test(text)) options.quiet = true;
        break;
      case 'boot':
        // There is one boot: the container's.
        if (!/^([+-]?0|all)?$/.test(text))
          return refuse(`Data from the specified boot (${text}) is not available: No such boot ID in journal`);
        options.boot = text !== 'all';
        break;
      case 'utc':
      case 'show-cursor':
        options[name === 'utc' ? 'utc' : 'showCursor'] = true;
        break;
      case 'cursor':
      case 'after-cursor': {
        if (options.from !== undefined)
          return refuse('Please specify only one of --since=, --cursor=, and --after-cursor=.');
        const place = parseCursor(text);
        if (place === undefined) badCursor = true;
        options.from = { place: place ?? { unit: '', time: 0, what: '' }, isAfter: name === 'after-cursor' };
        break;
      }
      case 'cursor-file':
        options.cursorFile = text;
        break;
      case 'field':
        options.action = 'field';
        options.field = text;
        break;
      case 'output-fields':
        options.fields = [...(options.fields ?? []), ...text.split(',').filter((field) => field !== '')];
        break;
      case 'unserved':
        return refuse('pidone rotates the journal by itself; there is nothing to do by hand.');
      case 'user':
        return refuse('pidone manages the system only: there are no user units.');
      case 'other':
        return refuse('pidone does not serve this option of journalctl.');
      case 'harmless':
        break;
    }
  }
  if (options.follow && options.reverse) return refuse('Please specify either --reverse= or --follow=, not both.');
  if (options.since !== undefined && options.until !== undefined && options.since > options.until)
    return refuse('--since= must be before --until=.');
  if (options.from !== undefined && options.since !== undefined)
    return refuse('Please specify only one of --since=, --cursor=, and --after-cursor=.');
  if (badCursor) return refuse('Failed to seek to cursor: Invalid argument');
  if (options.follow && tail) options.lines ??= 10;
  if (grep !== undefined) {
    const sensitive = caseSensitive ?? /\p{Lu}/u.test(grep);
    try {
      options.pattern = new RegExp(grep, sensitive ? 'u' : 'ui');
    } catch {
      return refuse(`Bad pattern "${grep}"`);
    }
  }
  return { kind: 'run', options, words: parsed.words };
}

/** `-n 20`: the count may stand apart, though -n needs none. */
function joinLines(given: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (let i = 0; i < given.length; i++) {
    const word = given[i] as string;
    const next = given[i + 1];
    if (word === '--') return [...joined, ...given.slice(i)];
    // A boot, too, though -b needs none.
    if (/^-[a-zA-Z]*b$/.test(word) && next !== undefined && /^(?:[+-]?\d+|all|[0-9a-f]{32}(?:[+-]\d+)?)$/.test(next)) {
      joined.push(`${word}${next}`);
      i++;
    } else if ((/^-[a-zA-Z]*n$/.test(word) || word === '--lines') && next !== undefined && /^(\d+|all)$/.test(next)) {
      joined.push(word === '--lines' ? `--lines=${next}` : `${word}${next}`);
      i++;
    } else joined.push(word);
  }
  return joined;
}

const levels = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

/** `err`, `3`: it and what is more important; or a range. */
function parsePriority(text: string): { readonly least: number; readonly most: number } | undefined {
  const ends = text.split('..').map((end) => (/^[0-7]$/.test(end) ? Number(end) : levels.indexOf(end)));
  if (ends.length > 2 || ends.some((end) => end < 0)) return undefined;
  return { least: ends.length === 1 ? 0 : Math.min(...ends), most: Math.max(...ends) };
}

function parseFacility(text: string): number | undefined {
  return parseWordOrNumber(text, logFacilities, 127);
}

function refuse(message: string): JournalctlArguments {
  return { kind: 'refused', message };
}
