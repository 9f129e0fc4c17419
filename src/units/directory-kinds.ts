/** RuntimeDirectory= and its like: man systemd.exec; systemd's config_parse_exec_directories() in src/core/load-fragment.c. */
import { readPath } from './accepted-kind.ts';
import { appendNew } from './grown-list.ts';
import { splitAtColons } from './syntax/words.ts';
import { type ValueContext, type ValueKind, wordsOrWarn } from './value-kind.ts';

/** Relative paths; `:link` (a symlink to it) is not carried out yet. Words have quotes, and what they are made of quotes and escapes of its own. */
export const directoryPaths: ValueKind<readonly string[]> = {
  what: 'list of relative paths',
  list: true,
  read(text, before, context) {
    if (text === '') return [];
    const added: string[] = [];
    for (const word of wordsOrWarn(text, context, 'unquote-retain-escape')) {
      const [source, link] = splitAtColons(word) ?? [];
      if (source === undefined) {
        context.warn(`Invalid syntax in '${word}'; the rest of the line is ignored`);
        break;
      }
      const path = readDirectory(word, source, link, context);
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
  return link === undefined || readPath(link, 'relative', context) !== undefined ? path : undefined;
}
