/** RuntimeDirectory= and its like: man systemd.exec; systemd's config_parse_exec_directories() in src/core/load-fragment.c. */
import { isEscaped, readPath } from './accepted-kind.ts';
import { extractWords } from './syntax/words.ts';
import type { ValueContext, ValueKind } from './value-kind.ts';

/** Relative paths; `:link` (a symlink to it) is not carried out yet. */
export const directoryPaths: ValueKind<readonly string[]> = {
  what: 'list of relative paths',
  list: true,
  read(text, before, context) {
    if (text === '') return [];
    if (!isEscaped(text)) {
      context.warn(`Invalid escape in '${text}'; ignored`);
      return before;
    }
    const { words, complete } = extractWords(text, 'unquote-unescape');
    if (!complete) context.warn(`Unbalanced quoting in '${text}'; the rest of the line is ignored`);
    const added: string[] = [];
    for (const word of words) {
      const path = readDirectory(word, context);
      if (path !== undefined && !before.includes(path) && !added.includes(path)) added.push(path);
    }
    return before.concat(added);
  },
};

function readDirectory(word: string, context: ValueContext): string | undefined {
  // What a colon is before or behind of counts for nothing.
  const [source, link] = word.split(':').filter((part) => part !== '');
  if (source === undefined) {
    context.warn(`Invalid '${word}' in ${context.key}=: not a relative path; ignored`);
    return undefined;
  }
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
