import type { ExecCommand } from '../model.ts';
import { isFileName, isValidPath, simplifyPath } from '../values/path.ts';
import type { Expanded } from './specifiers.ts';
import { extractWord, isPlain, skipBlanks, splitBlanks } from './words.ts';

export interface CommandLineProblem {
  readonly message: string;
  /** The unit cannot be loaded (systemd's -ENOEXEC): the command had no `-`. */
  readonly fatal: boolean;
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
  const { tokens, unknownEscape, complete } = tokenize(text);
  const commands: ExecCommand[] = [];
  let position = 0;
  while (position < tokens.length) {
    const separator = tokens.indexOf(undefined, position);
    const end = separator < 0 ? tokens.length : separator;
    const result = readCommand(tokens.slice(position, end) as readonly string[], complete || separator >= 0, expand);
    if (result.kind === 'problem') return { commands, problem: result, unknownEscape };
    commands.push(result.command);
    position = end + 1;
  }
  // A first word that does not end is only told; systemd goes on without the command.
  const cut = !complete && (tokens.length === 0 || tokens.at(-1) === undefined);
  return { commands, problem: cut ? { message: 'Unbalanced quoting', fatal: false } : undefined, unknownEscape };
}

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

/** Not `complete` when a word could not be read: `tokens` are those before. */
function tokenize(text: string): {
  readonly tokens: readonly Token[];
  readonly unknownEscape: boolean;
  readonly complete: boolean;
} {
  const tokens: Token[] = [];
  if (isPlain(text)) {
    const words = splitBlanks(text);
    if (!words.includes(';')) return { tokens: words, unknownEscape: false, complete: true };
    for (const word of words) tokens.push(word === ';' && isInCommand(tokens) ? undefined : word);
    return { tokens, unknownEscape: false, complete: true };
  }
  let unknownEscape = false;
  for (let position = skipBlanks(text, 0); position < text.length; position = skipBlanks(text, position)) {
    if (isInCommand(tokens) && isLone(text, position, ';')) {
      tokens.push(undefined);
      position += 1;
    } else if (isInCommand(tokens) && isLone(text, position, '\\;')) {
      tokens.push(';');
      position += 2;
    } else {
      const next = extractWord(text, position, 'unquote-unescape');
      if (next.kind !== 'word') return { tokens, unknownEscape, complete: false };
      tokens.push(next.word);
      unknownEscape ||= next.unknownEscape;
      position = next.end;
    }
  }
  return { tokens, unknownEscape, complete: true };
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
  { readonly kind: 'command'; readonly command: ExecCommand } | ({ readonly kind: 'problem' } & CommandLineProblem);

/** One command of at least one word. Not `complete`: a word is missing at its end. */
function readCommand(words: readonly string[], complete: boolean, expand: (word: string) => Expanded): CommandResult {
  const { prefixes, word } = splitPrefixes(words[0] ?? '');
  const ignoreFailure = prefixes.includes('-');
  const stop = (message: string): CommandResult => ({ kind: 'problem', message, fatal: !ignoreFailure });
  const path = expandWord(word, expand);
  if (!path.ok) return stop(`Unknown specifier '${path.specifier}' in '${word}'`);
  const wrong = explainBadPath(path.text);
  if (wrong !== undefined) return stop(wrong);
  if (!complete) return stop('Unbalanced quoting');
  const argv: string[] = prefixes.includes('@') ? [] : [path.text];
  for (let index = 1; index < words.length; index++) {
    const word = words[index] ?? '';
    if (!word.includes('%')) {
      argv.push(word);
      continue;
    }
    const argument = expand(word);
    if (!argument.ok) return stop(`Unknown specifier '${argument.specifier}' in '${word}'`);
    argv.push(argument.text);
  }
  if (argv.length === 0 || argv[0] === '') return stop('Empty executable name or zeroeth argument');
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
  if (/[\p{Cc}"'\\]/u.test(path)) return `Executable name contains special characters: '${path}'`;
  if (path.endsWith('/')) return `Executable name specifies a directory: '${path}'`;
  const valid = path.startsWith('/') ? isValidPath(path) : isFileName(path);
  return valid ? undefined : `Neither a valid executable name nor an absolute path: '${path}'`;
}
