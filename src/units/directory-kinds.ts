/** RuntimeDirectory= and its like: man systemd.exec; systemd's config_parse_exec_directories() in src/core/load-fragment.c. */
import { readPath } from './accepted-kind.ts';
import { appendNew } from './grown-list.ts';
import { splitAtColons } from './syntax/words.ts';
import { type ValueContext, type ValueKind, wordsOrWarn } from './value-kind.ts';

/** Relative paths, each with a link to it behind a NUL where it has one (`path:link`). Words have quotes, and what they are made of quotes and escapes of its own. */
export const directoryPaths: ValueKind<readonly string[]> = {
  what: 'list of relative paths',
  list: true,
  read(text, before, context) {
    if (text === '') return [];
    const added: string[] = [];
    for (const word of wordsOrWarn(text, context, 'unquote-retain-escape')) {
      const [source, ...rest] = splitAtColons(word) ?? [];
      if (source === undefined) {
        context.warn(`Invalid syntax in '${word}'; the rest of the line is ignored`);
        break;
      }
      const path = readDirectory(word, source, linkOf(word, rest), context);
      if (path !== undefined) added.push(path);
    }
    return appendNew(before, added);
  },
};

function readDirectory(
  word: string,
  source: string,
  link: string | undefined,
  context: ValueContext,
): string | undefined {
  const path = readPath(source, 'relative', context);
  if (path === undefined) return undefined;
  if (path === 'private' || path.startsWith('private/')) {
    context.warn(`Path '${word}' of ${context.key}= is systemd's own; ignored`);
    return undefined;
  }
  if (link !== undefined && context.key === 'ConfigurationDirectory') {
    context.warn(`Link '${word}' in ${context.key}=, which has none; ignored`);
    return undefined;
  }
  if (link === undefined) return path;
  const from = readPath(link, 'relative', context);
  return from === undefined ? undefined : `${path}\0${from}`;
}

/** `path:link:ro` and `path::ro`: what can only be read (systemd 257) needs a mount, and is as it is without. */
function linkOf(word: string, rest: readonly string[]): string | undefined {
  return rest.length === 1 && rest[0] === 'ro' && word.includes('::') ? undefined : rest[0];
}
