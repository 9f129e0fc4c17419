/**
 * `$` in the words of a command line, at the time it is run: `${NAME}` anywhere in a word is its value, a word `$NAME` is
 * replaced by the words of its value, `$$` is a dollar. Source of the rule: replace_env_argv() of systemd's
 * src/basic/env-util.c; systemd.service(5), "COMMAND LINES".
 */
import { splitWords } from './words.ts';

/** argv with variables replaced; `lookUp` answers undefined for what is not set. The number of words may change. */
export function substituteArguments(
  argv: readonly string[],
  lookUp: (name: string) => string | undefined,
): readonly string[] {
  if (!argv.some((word) => word.includes('$'))) return argv;
  const result: string[] = [];
  for (const word of argv) {
    if (!word.includes('$')) result.push(word);
    // The whole rest of such a word is the name: what is no name is unset, and the word vanishes.
    else if (/^\$(?![{$])/.test(word)) result.push(...splitWords(lookUp(word.slice(1)) ?? ''));
    else result.push(substituteInWord(word, lookUp));
  }
  return result;
}

function substituteInWord(word: string, lookUp: (name: string) => string | undefined): string {
  return word.replace(/\$\$|\$\{([^}]*)\}/g, (whole, name: string | undefined) => {
    if (whole === '$$') return '$';
    // ${NAME:-default} is not known to this version: it stays as it is.
    if (name === undefined || name.includes(':')) return whole;
    return lookUp(name) ?? '';
  });
}
