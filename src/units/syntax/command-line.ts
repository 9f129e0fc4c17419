import type { ExecCommand } from '../exec-model.ts';
import { isFileName, isValidPath, simplifyPath } from '../values/path.ts';
import type { Expanded } from './specifiers.ts';
import { extractWord, isPlain, skipBlanks, splitBlanks } from './words.ts';

export interface CommandLineProblem {
  readonly message: string;
  /** The unit cannot be loaded (systemd's -ENOEXEC): the command had no `-`. */
  readonly fatal: boolean;
  /** Where in the line the word begins that is meant. */
  readonly offset: number;
}

/**
 * The value of an Exec*= line as its commands (a lone `;` separates them). Stops at the first problem; the commands before it count.
 * `expand` replaces specifiers. Sources: config_parse_exec() in systemd's src/core/load-fragment.c, man systemd.service "COMMAND LINES".
 */
export function parseCommandLine(
  text: string,
  expand: (word: string) => Expanded,
): {
  readonly commands: readonly ExecCommand[];
  readonly problem: CommandLineProblem | undefined;
  readonly unknownEscape: boolean;
} {
  const usual = parseUsual(text);
  if (usual !== undefined) return { commands: [usual], problem: undefined, unknownEscape: false };
  const { tokens, unknownEscape, unread } = tokenize(text);
  const commands: ExecCommand[] = [];
  let position = 0;
  while (position < tokens.length) {
    const separator = tokens.indexOf(undefined, position);
    const end = separator < 0 ? tokens.length : separator;
    const words = tokens.slice(position, end) as readonly string[];
    const result = readCommand(words, unread === undefined || separator >= 0, expand);
    if (result.kind === 'problem') {
      const offset = result.word < words.length ? startOf(text, position + result.word) : (unread ?? 0);
      return { commands, problem: { message: result.message, fatal: result.fatal, offset }, unknownEscape };
    }
    commands.push(result.command);
    position = end + 1;
  }
  // A first word that does not end is only told; systemd goes on without the command.
  const cut = unread !== undefined && (tokens.length === 0 || tokens.at(-1) === undefined);
  const problem = cut ? { message: unbalanced, fatal: false, offset: unread } : undefined;
  return { commands, problem, unknownEscape };
}

const unbalanced = 'Unbalanced quoting';

/** What nearly every line is, an absolute path and words without anything special; undefined for all others. */
function parseUsual(text: string): ExecCommand | undefined {
  if (!text.startsWith('/') || !isPlain(text) || text.includes('%') || text.includes(';')) return undefined;
  const argv = splitBlanks(text);
  const path = argv[0] ?? '';
  if (path.length > 255 || !usualPath.test(path)) return undefined;
  return { path, argv, ignoreFailure: false, substitute: true, privilege: 'none' };
}

/** Nothing to simplify in it, and nothing forbidden. */
const usualPath = /^(?:\/[a-zA-Z0-9_+-][a-zA-Z0-9_.+-]*)+$/;

/** A word, unquoted; undefined is a lone `;` between commands. */
type Token = string | undefined;

interface Tokens {
  readonly tokens: readonly Token[];
  readonly unknownEscape: boolean;
  /** Where a word begins that could not be read: `tokens` are those before. */
  readonly unread: number | undefined;
}

/** `found` is told where each token begins. */
function tokenize(text: string, found?: (offset: number) => void): Tokens {
  const tokens: Token[] = [];
  if (found === undefined && isPlain(text)) {
    const words = splitBlanks(text);
    if (!words.includes(';')) return { tokens: words, unknownEscape: false, unread: undefined };
    for (const word of words) {
      if (word !== ';') tokens.push(word);
      else if (isInCommand(tokens)) tokens.push(undefined);
    }
    return { tokens, unknownEscape: false, unread: undefined };
  }
  let unknownEscape = false;
  for (let position = skipBlanks(text, 0); position < text.length; position = skipBlanks(text, position)) {
    const before = tokens.length;
    const begin = position;
    if (isInCommand(tokens) && isLone(text, position, ';')) {
      tokens.push(undefined);
      position += 1;
    } else if (isInCommand(tokens) && isLone(text, position, '\\;')) {
      tokens.push(';');
      position += 2;
    } else {
      const next = extractWord(text, position, 'unquote-unescape');
      if (next.kind !== 'word') return { tokens, unknownEscape, unread: position };
      // As the first word even a quoted one separates.
      if (next.word !== ';' || isInCommand(tokens)) tokens.push(next.word);
      unknownEscape ||= next.unknownEscape;
      position = next.end;
    }
    if (tokens.length > before) found?.(begin);
  }
  return { tokens, unknownEscape, unread: undefined };
}

/** Where the token of that index begins. */
function startOf(text: string, index: number): number {
  const starts: number[] = [];
  tokenize(text, (offset) => starts.push(offset));
  return starts[index] ?? 0;
}

/** The next word is not the first of its command. */
function isInCommand(tokens: readonly Token[]): boolean {
  return tokens.length > 0 && tokens.at(-1) !== undefined;
}

function isLone(text: string, position: number, word: string): boolean {
  if (!text.startsWith(word, position)) return false;
  const after = position + word.length;
  return after === text.length || skipBlanks(text, after) > after;
}

type CommandResult =
  | { readonly kind: 'command'; readonly command: ExecCommand }
  /** `word` is the index of the one that is meant. */
  | { readonly kind: 'problem'; readonly message: string; readonly fatal: boolean; readonly word: number };

/** One command of at least one word. Not `complete`: a word is missing at its end. */
function readCommand(words: readonly string[], complete: boolean, expand: (word: string) => Expanded): CommandResult {
  const { prefixes, word } = splitPrefixes(words[0] ?? '');
  const ignoreFailure = prefixes.includes('-');
  const stop = (message: string, word = 0): CommandResult => ({
    kind: 'problem',
    message,
    fatal: !ignoreFailure,
    word,
  });
  const path = expandWord(word, expand);
  if (!path.ok) return stop(`Unknown specifier '${path.specifier}' in '${word}'`);
  const wrong = explainBadPath(path.text);
  if (wrong !== undefined) return stop(wrong);
  if (!complete) return stop(unbalanced, words.length);
  const argv: string[] = prefixes.includes('@') ? [] : [path.text];
  for (let index = 1; index < words.length; index++) {
    const word = words[index] ?? '';
    if (!word.includes('%')) {
      argv.push(word);
      continue;
    }
    const argument = expand(word);
    if (!argument.ok) return stop(`Unknown specifier '${argument.specifier}' in '${word}'`, index);
    argv.push(argument.text);
  }
  if (argv.length === 0) return stop('Missing name for the command after its path');
  const command: ExecCommand = {
    path: simplifyPath(path.text),
    argv,
    ignoreFailure,
    substitute: !prefixes.includes(':'),
    privilege: prefixes.includes('+') ? '+' : prefixes.includes('!!') ? '!!' : prefixes.includes('!') ? '!' : 'none',
  };
  return { kind: 'command', command };
}

function expandWord(word: string, expand: (word: string) => Expanded): Expanded {
  return word.includes('%') ? expand(word) : { ok: true, text: word };
}

const noPrefixes: readonly string[] = [];
const prefixCharacters = '-@:+!';

/** `-`, `@` and `:` each once, and one of `+`, `!`, `!!`, in any order; what is not a prefix any more begins the path. */
function splitPrefixes(word: string): { readonly prefixes: readonly string[]; readonly word: string } {
  if (!prefixCharacters.includes(word.charAt(0))) return { prefixes: noPrefixes, word };
  const prefixes: string[] = [];
  const privileged = (): boolean => prefixes.some((prefix) => prefix === '+' || prefix.startsWith('!'));
  let position = 0;
  for (; position < word.length; position++) {
    const prefix = word.charAt(position);
    if (prefix === '-' || prefix === '@' || prefix === ':') {
      if (prefixes.includes(prefix)) break;
      prefixes.push(prefix);
    } else if ((prefix === '+' || prefix === '!') && !privileged()) prefixes.push(prefix);
    else if (prefix === '!' && prefixes.includes('!')) prefixes.splice(prefixes.indexOf('!'), 1, '!!');
    else break;
  }
  return { prefixes, word: word.slice(position) };
}

function explainBadPath(path: string): string | undefined {
  if (path === '') return 'Empty path in command line';
  // eslint-disable-next-line no-control-regex -- it is these that systemd refuses
  if (/[\x01-\x1f\x7f"'\\]/.test(path)) return `Executable name contains special characters: '${path}'`;
  if (path.endsWith('/')) return `Executable name specifies a directory: '${path}'`;
  const valid = path.startsWith('/') ? isValidPath(path) : isFileName(path);
  return valid ? undefined : `Neither a valid executable name nor an absolute path: '${path}'`;
}
