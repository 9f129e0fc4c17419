import type { ExecCommand } from '../exec-model.ts';
import { escapeSpecifiers } from './specifiers.ts';
import { formatWord } from './word-format.ts';

/**
 * The value of an Exec*= line that parseCommandLine() reads as these commands: its specifiers escaped, `$` as it is, as variables are not replaced by
 * reading (see keepDollars). No commands: the empty value, which resets.
 */
export function formatCommandLine(commands: readonly ExecCommand[]): string {
  return commands.map(formatCommand).join(' ; ');
}

function formatCommand({ path, argv, ignoreFailure, substitute, privilege }: ExecCommand): string {
  const [name = path, ...rest] = argv;
  const own = (ignoreFailure ? '-' : '') + (substitute ? '' : ':') + (privilege === 'none' ? '' : privilege);
  // A path that begins with a prefix is one only where that prefix is given; a lone `;` is no command, and no path ends with a slash.
  const named = name !== path || path.startsWith('@') || path === ';';
  const words = [`${own}${named ? '@' : ''}${path === '/' ? '/.' : path}`, ...(named ? [name] : []), ...rest];
  return words.map((word) => formatWord(escapeSpecifiers(word), 'unquote-unescape')).join(' ');
}

/** A word that is to reach the process as it is, where `$` would stand for variables. */
export function keepDollars(word: string): string {
  return word.replaceAll('$', '$$$$');
}
