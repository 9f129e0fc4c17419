import type { ExecCommand } from '../model.ts';
import { isFileName, isValidPath, simplifyPath } from '../values/path.ts';
import type { Expanded } from './specifiers.ts';
import { extractWord, skipBlanks } from './words.ts';

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
  const commands: ExecCommand[] = [];
  let unknownEscape = false;
  let position = 0;
  for (;;) {
    const first = extractWord(text, position, 'unquote-unescape');
    if (first.kind !== 'word') {
      const problem = first.kind === 'end' ? undefined : { message: 'Unbalanced quoting', fatal: false };
      return { commands, problem, unknownEscape };
    }
    unknownEscape ||= first.unknownEscape;
    const { prefixes, word } = splitPrefixes(first.word);
    const ignoreFailure = prefixes.includes('-');
    const stop = (message: string) => ({ commands, problem: { message, fatal: !ignoreFailure }, unknownEscape });
    const path = expand(word);
    if (!path.ok) return stop(`Unknown specifier '${path.specifier}' in '${word}'`);
    const wrong = explainBadPath(path.text);
    if (wrong !== undefined) return stop(wrong);
    const argv: string[] = prefixes.includes('@') ? [] : [path.text];
    const end = readArguments(text, first.end, argv, expand);
    if (end.kind === 'problem') return stop(end.message);
    unknownEscape ||= end.unknownEscape;
    if (argv.length === 0 || argv[0] === '') return stop('Empty executable name or zeroeth argument');
    commands.push({
      path: simplifyPath(path.text),
      argv,
      ignoreFailure,
      substitute: !prefixes.includes(':'),
      privilege: prefixes.includes('+') ? '+' : prefixes.includes('!!') ? '!!' : prefixes.includes('!') ? '!' : 'none',
    });
    if (end.kind === 'end') return { commands, problem: undefined, unknownEscape };
    position = end.position;
  }
}

type ArgumentsEnd =
  | { readonly kind: 'end'; readonly unknownEscape: boolean }
  | { readonly kind: 'semicolon'; readonly position: number; readonly unknownEscape: boolean }
  | { readonly kind: 'problem'; readonly message: string };

/** Appends to `argv` the words from `begin` up to the end, or up to a lone unquoted `;`. */
function readArguments(text: string, begin: number, argv: string[], expand: (word: string) => Expanded): ArgumentsEnd {
  let unknownEscape = false;
  let position = skipBlanks(text, begin);
  while (position < text.length) {
    if (isLone(text, position, ';')) return { kind: 'semicolon', position: position + 1, unknownEscape };
    if (isLone(text, position, '\\;')) {
      argv.push(';');
      position = skipBlanks(text, position + 2);
      continue;
    }
    const next = extractWord(text, position, 'unquote-unescape');
    if (next.kind === 'end') break;
    if (next.kind === 'unbalanced') return { kind: 'problem', message: 'Unbalanced quoting' };
    unknownEscape ||= next.unknownEscape;
    const word = expand(next.word);
    if (!word.ok) return { kind: 'problem', message: `Unknown specifier '${word.specifier}' in '${next.word}'` };
    argv.push(word.text);
    position = skipBlanks(text, next.end);
  }
  return { kind: 'end', unknownEscape };
}

function isLone(text: string, position: number, word: string): boolean {
  if (!text.startsWith(word, position)) return false;
  const after = position + word.length;
  return after === text.length || skipBlanks(text, after) > after;
}

/** `-`, `@` and `:` each once, and one of `+`, `!`, `!!`, in any order; what is not a prefix any more begins the path. */
function splitPrefixes(word: string): { readonly prefixes: readonly string[]; readonly word: string } {
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
  if (/[\x00-\x1f\x7f"'\\]/.test(path)) return `Executable name contains special characters: '${path}'`;
  if (path.endsWith('/')) return `Executable name specifies a directory: '${path}'`;
  const valid = path.startsWith('/') ? isValidPath(path) : isFileName(path);
  return valid ? undefined : `Neither a valid executable name nor an absolute path: '${path}'`;
}
