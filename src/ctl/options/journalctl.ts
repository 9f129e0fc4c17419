/** The options of journalctl 252: what pidone does with each. man journalctl. */
import type { FacePort } from '../port.ts';
import { entryModes } from '../render/entry.ts';
import { parseMoment } from '../../units/values/timestamp.ts';
import { logFacilities, parseWordOrNumber } from '../../units/values/word-list.ts';
import { type OptionShape, parseArguments } from './parse.ts';

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
  readonly pattern: RegExp | undefined;
  readonly output: string;
  readonly quiet: boolean;
  readonly hostName: boolean;
  readonly full: boolean;
  readonly action: 'show' | 'disk-usage' | 'list-boots' | 'kernel' | 'help' | 'version';
}

export type JournalctlArguments =
  | { readonly kind: 'run'; readonly options: JournalctlOptions; readonly words: readonly string[] }
  | { readonly kind: 'refused'; readonly message: string };

const shapes = [
  { name: 'help', long: ['help'], short: 'h', value: 'none' },
  { name: 'version', long: ['version'], short: '', value: 'none' },
  { name: 'unit', long: ['unit'], short: 'u', value: 'required' },
  { name: 'follow', long: ['follow'], short: 'f', value: 'none' },
  { name: 'lines', long: ['lines'], short: 'n', value: 'optional' },
  { name: 'no-tail', long: ['no-tail'], short: '', value: 'none' },
  { name: 'reverse', long: ['reverse'], short: 'r', value: 'none' },
  { name: 'since', long: ['since'], short: 'S', value: 'required' },
  { name: 'until', long: ['until'], short: 'U', value: 'required' },
  { name: 'priority', long: ['priority'], short: 'p', value: 'required' },
  { name: 'identifier', long: ['identifier'], short: 't', value: 'required' },
  { name: 'facility', long: ['facility'], short: '', value: 'required' },
  { name: 'grep', long: ['grep'], short: 'g', value: 'required' },
  { name: 'case-sensitive', long: ['case-sensitive'], short: '', value: 'optional' },
  { name: 'output', long: ['output'], short: 'o', value: 'required' },
  { name: 'pager-end', long: ['pager-end'], short: 'e', value: 'none' },
  { name: 'quiet', long: ['quiet'], short: 'q', value: 'none' },
  { name: 'no-hostname', long: ['no-hostname'], short: '', value: 'none' },
  { name: 'full', long: ['full'], short: 'l', value: 'none' },
  { name: 'no-full', long: ['no-full'], short: '', value: 'none' },
  { name: 'dmesg', long: ['dmesg'], short: 'k', value: 'none' },
  { name: 'disk-usage', long: ['disk-usage'], short: '', value: 'none' },
  { name: 'list-boots', long: ['list-boots'], short: '', value: 'none' },
  { name: 'boot', long: ['boot'], short: 'b', value: 'optional' },
  { name: 'harmless', long: ['all'], short: 'a', value: 'none' },
  { name: 'harmless', long: ['catalog'], short: 'x', value: 'none' },
  { name: 'harmless', long: ['no-pager'], short: '', value: 'none' },
  { name: 'harmless', long: ['system'], short: '', value: 'none' },
  { name: 'harmless', long: ['merge'], short: 'm', value: 'none' },
  { name: 'harmless', long: ['utc'], short: '', value: 'none' },
  { name: 'harmless', long: ['sync'], short: '', value: 'none' },
  { name: 'harmless', long: ['flush'], short: '', value: 'none' },
  { name: 'unserved', long: ['rotate'], short: '', value: 'none' },
  { name: 'unserved', long: ['vacuum-size'], short: '', value: 'required' },
  { name: 'unserved', long: ['vacuum-time'], short: '', value: 'required' },
  { name: 'unserved', long: ['vacuum-files'], short: '', value: 'required' },
  { name: 'user', long: ['user'], short: '', value: 'none' },
  { name: 'user', long: ['user-unit'], short: '', value: 'required' },
  { name: 'other', long: ['cursor', 'after-cursor'], short: 'c', value: 'required' },
  { name: 'other', long: ['show-cursor', 'fields', 'field'], short: '', value: 'none' },
  { name: 'other', long: ['output-fields'], short: '', value: 'required' },
  {
    name: 'other',
    long: ['machine', 'directory', 'file', 'root', 'image', 'namespace'],
    short: '',
    value: 'required',
  },
] as const satisfies readonly OptionShape<string>[];

type Name = (typeof shapes)[number]['name'];

export function parseJournalctl(face: FacePort, given: readonly string[]): JournalctlArguments {
  const parsed = parseArguments<Name>('journalctl', shapes, joinLines(given));
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
    pattern: undefined,
    output: 'short',
    quiet: false,
    hostName: true,
    full: true,
    action: 'show',
  };
  let tail = true;
  let grep: string | undefined;
  let caseSensitive: boolean | undefined;
  for (const { name, value } of parsed.options) {
    const text = value ?? '';
    switch (name) {
      case 'help':
      case 'version':
      case 'disk-usage':
      case 'list-boots':
        options.action = name;
        break;
      case 'dmesg':
        options.action = 'kernel';
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
        options.priority = priority;
        break;
      }
      case 'facility': {
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
        if (!entryModes.has(text)) return refuse(`Unknown output format '${text}'.`);
        options.output = text;
        break;
      case 'boot':
        // There is one boot: the container's.
        if (!/^(0|-0|all)?$/.test(text))
          return refuse(`No journal of another boot than this one: a container has one.`);
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
  if (options.follow && options.reverse) return refuse('Please specify either --reverse or --follow, not both.');
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
    if ((/^-[a-zA-Z]*n$/.test(word) || word === '--lines') && next !== undefined && /^(\d+|all)$/.test(next)) {
      joined.push(word === '--lines' ? `--lines=${next}` : `${word}${next}`);
      i++;
    } else joined.push(word);
  }
  return joined;
}

const levels = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

/** `err`, `3`, or a range, whose least important end counts. */
function parsePriority(text: string): number | undefined {
  const ends = text.split('..').map((end) => (/^[0-7]$/.test(end) ? Number(end) : levels.indexOf(end)));
  if (ends.length > 2 || ends.some((end) => end < 0)) return undefined;
  return Math.max(...ends);
}

function parseFacility(text: string): number | undefined {
  return parseWordOrNumber(text, logFacilities, 127);
}

function refuse(message: string): JournalctlArguments {
  return { kind: 'refused', message };
}
