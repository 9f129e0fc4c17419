/**
 * The [Install] section of one file, as systemctl reads it: it looks at nothing else, and says so in its own words.
 * Sources: unit_file_load() in systemd's src/shared/install.c, src/shared/conf-parser.c.
 */
import { isTemplate, type UnitName, unitType } from '../name.ts';
import { expandSpecifiers, type SpecifierContext } from '../syntax/specifiers.ts';
import { eachLine, strip } from '../syntax/lines.ts';
import { skipBlanks } from '../syntax/words.ts';
import { errno } from './errno.ts';
import { type InstallInfo, installedName, isInstance } from './info.ts';

export interface SectionReader {
  readonly specifiers: SpecifierContext;
  /** Another unit to be installed with this one. False: it cannot be, and the file is not read further. */
  also(name: string): boolean;
  remark(text: string): void;
}

/** Adds to `info` what the text says. The errno that reading it ends with, 0 when all was read. `file`: with the root, for what is said about it. */
export function readInstallSection(info: InstallInfo, file: string, text: string, reader: SectionReader): number {
  let section = '';
  let result = 0;
  const bad = eachLine(text, (line, number) => {
    const say = (message: string): void => {
      reader.remark(`${file}:${number}: ${message}`);
    };
    const stripped = strip(line);
    if (stripped === '') return true;
    if (stripped.startsWith('[')) {
      if (!stripped.endsWith(']')) {
        say(`Invalid section header '${stripped}'`);
        result = errno.EBADMSG;
        return false;
      }
      section = stripped.slice(1, -1);
      if (!known.has(section) && !section.startsWith('X-')) say(`Unknown section '${section}'. Ignoring.`);
      return true;
    }
    if (section === '') say('Assignment outside of section. Ignoring.');
    if (section !== 'Install') return true;
    const equals = stripped.indexOf('=');
    if (equals < 0) say("Missing '=', ignoring line.");
    else if (equals === 0) say("Missing key name before '=', ignoring line.");
    else result = assign(info, strip(stripped.slice(0, equals)), strip(stripped.slice(equals + 1)), reader, say);
    return result === 0;
  });
  return bad === undefined || bad.kind === 'refused' ? result : errno.EINVAL;
}

const known: ReadonlySet<string> = new Set(
  'Install Unit Automount Device Mount Path Scope Service Slice Socket Swap Target Timer'.split(' '),
);

function assign(
  info: InstallInfo,
  key: string,
  value: string,
  reader: SectionReader,
  say: (message: string) => void,
): number {
  switch (key) {
    case 'Alias':
      if (mayAlias(info.name)) info.aliases = extend(info.aliases, value, say);
      else say(`Alias= is not allowed for ${unitType(info.name)} units, ignoring.`);
      return 0;
    case 'WantedBy':
      info.wantedBy = extend(info.wantedBy, value, say);
      return 0;
    case 'RequiredBy':
      info.requiredBy = extend(info.requiredBy, value, say);
      return 0;
    case 'UpheldBy':
      info.upheldBy = extend(info.upheldBy, value, say);
      return 0;
    case 'Also':
      return readAlso(info, value, reader, say);
    case 'DefaultInstance':
      return readDefaultInstance(info, value, reader, say);
    default:
      if (!key.startsWith('X-')) say(`Unknown key '${key}' in section [Install], ignoring.`);
      return 0;
  }
}

/** A list with the words of the value; an empty value empties it. */
function extend(list: readonly string[], value: string, say: (message: string) => void): readonly string[] {
  if (value === '') return [];
  const words: string[] = [];
  for (let at = 0; ;) {
    const next = extractQuoted(value, at);
    if (next === 'end') return list.concat(words);
    if (next === 'unbalanced') {
      say(`Invalid syntax, ignoring: ${value}`);
      return list.concat(words);
    }
    words.push(next.word);
    at = next.end;
  }
}

/** Words with quotes, whose backslashes stay. */
function extractQuoted(
  text: string,
  begin: number,
): { readonly word: string; readonly end: number } | 'end' | 'unbalanced' {
  let at = skipBlanks(text, begin);
  if (at >= text.length) return 'end';
  let word = '';
  for (let quote = ''; ; at++) {
    const character = text.charAt(at);
    if (character === '') return quote === '' ? { word, end: at } : 'unbalanced';
    if (quote === '' && /[ \t\r\n]/.test(character)) return { word, end: at };
    if (character === '\\') word += character + text.charAt(++at);
    else if (character === quote) quote = '';
    else if (quote === '' && (character === '"' || character === "'")) quote = character;
    else word += character;
  }
}

function readAlso(info: InstallInfo, value: string, reader: SectionReader, say: (message: string) => void): number {
  for (const raw of value.split(/[ \t\r\n]+/).filter((word) => word !== '')) {
    // Its words know neither quotes nor escapes: a backslash only protects the next character.
    const word = raw.replace(/\\([^])/g, '$1');
    const expanded = expandInstall(info, word, reader.specifiers);
    if (typeof expanded === 'number') {
      say(`Failed to resolve unit name in Also="${word}": Invalid slot`);
      return expanded;
    }
    if (!reader.also(expanded)) return errno.EINVAL;
    info.also = [...info.also, expanded];
  }
  return 0;
}

function readDefaultInstance(
  info: InstallInfo,
  value: string,
  reader: SectionReader,
  say: (message: string) => void,
): number {
  // An instance is enabled by its own name.
  if (isInstance(info.name)) return 0;
  if (!isTemplate(info.name)) {
    say('DefaultInstance= only makes sense for template units, ignoring.');
    return 0;
  }
  const expanded = expandInstall(info, value, reader.specifiers);
  if (typeof expanded === 'number') {
    say(`Failed to resolve instance name in DefaultInstance="${value}": Invalid slot`);
    return expanded;
  }
  if (expanded !== '' && !/^[a-zA-Z0-9:_.\\@-]+$/.test(expanded)) {
    say(`Invalid DefaultInstance= value "${expanded}".`);
    return errno.EINVAL;
  }
  info.defaultInstance = expanded === '' ? undefined : expanded;
  return 0;
}

/** Specifiers as install_name_printf() of src/shared/install-printf.c has them: of a template, with its default instance. Or an errno. */
export function expandInstall(info: InstallInfo, text: string, context: SpecifierContext): string | number {
  const name = installedName(info) ?? info.name;
  if (hasUnknown(text, context)) return errno.EUNATCH;
  const expanded = expandSpecifiers(text, { name, fragmentPath: info.path }, context, 'names');
  return expanded.ok ? expanded.text : errno.EBADSLT;
}

/** What this machine, or the one below the root, does not know of itself. */
function hasUnknown(text: string, context: SpecifierContext): boolean {
  if (!text.includes('%')) return false;
  const specifiers = text.replaceAll('%%', '');
  if (specifiers.includes('%m') && context.machineId() === '') return true;
  if (!/%[oABMwW]/.test(specifiers)) return false;
  return ['ID', 'NAME', 'PRETTY_NAME', 'VERSION_ID'].every((field) => context.osRelease(field) === '');
}

const aliasTypes: ReadonlySet<string> = new Set(['service', 'socket', 'target', 'device', 'timer', 'path']);
const templateTypes: ReadonlySet<string> = new Set(['service', 'socket', 'target', 'timer', 'path']);

export function mayAlias(name: UnitName): boolean {
  return aliasTypes.has(unitType(name));
}

export function mayTemplate(name: UnitName): boolean {
  return templateTypes.has(unitType(name));
}
