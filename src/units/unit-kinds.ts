/** Values of [Unit] and [Install]: man systemd.unit, systemd's src/core/load-fragment.c. */
import type { Condition, Dependency, DependencyKind } from './model.ts';
import { parseUnitName } from './name.ts';
import { append } from './grown-list.ts';
import { extractWords, splitBlanks } from './syntax/words.ts';
import { expandOrWarn, type ValueKind, wordsOrWarn } from './value-kind.ts';
import { isNormalizedAbsolute, simplifyPath } from './values/path.ts';

/** A list of units; it can only grow: an empty value changes nothing. */
export function dependencies(kind: DependencyKind): ValueKind<Dependency[]> {
  return {
    what: 'list of units',
    list: true,
    read(text, before, context) {
      for (const word of splitBlanks(text)) {
        const name = expandOrWarn(word, context, 'names');
        if (name === undefined) continue;
        const on = context.unitName(name);
        if (on === undefined) context.warn(`Invalid unit name '${name}'; ignored`);
        else if (kind === 'Before' && on.endsWith('.device'))
          context.warn(`A device cannot be made to wait: ${on}; ignored`);
        else before.push({ kind, on, origin: 'file' });
      }
      return before;
    },
  };
}

/** Condition…= and Assert…=; an empty value empties the whole list, whichever its kind. */
export function conditions(kind: string): ValueKind<readonly Condition[]> {
  const isPath =
    kind.startsWith('Path') || kind.startsWith('File') || kind === 'DirectoryNotEmpty' || kind === 'NeedsUpdate';
  return {
    what: isPath ? 'absolute path' : 'condition',
    list: true,
    read(text, before, context) {
      if (text === '') return [];
      const [, bar = '', bang = '', word = ''] = /^(\|?)(!?)(.*)$/s.exec(text) ?? [];
      const parameter = expandOrWarn(word, context);
      if (parameter === undefined) return before;
      if (isPath && !isNormalizedAbsolute(parameter)) return undefined;
      const simple = isPath ? simplifyPath(parameter) : parameter;
      return append(before, [{ kind, trigger: bar !== '', negate: bang !== '', parameter: simple }]);
    },
  };
}

export const documentation: ValueKind<readonly string[]> = {
  what: 'list of URIs',
  list: true,
  read(text, before, context) {
    if (text === '') return [];
    const added: string[] = [];
    const expanded = expandOrWarn(text, context);
    if (expanded === undefined) return before;
    if (expanded === '') return [];
    for (const uri of wordsOrWarn(expanded, context, 'unquote-retain-escape')) {
      if (/^(https?:\/\/|file:\/|info:|man:)./.test(uri)) added.push(uri);
      else context.warn(`Invalid URI '${uri}'; ignored`);
    }
    return append(before, added);
  },
};

export const mountPaths: ValueKind<readonly string[]> = {
  what: 'list of absolute paths',
  list: true,
  read(text, before, context) {
    const added: string[] = [];
    for (const word of wordsOrWarn(text, context)) {
      const path = expandOrWarn(word, context);
      if (path === undefined) continue;
      if (isNormalizedAbsolute(path)) added.push(simplifyPath(path));
      else context.warn(`Not an absolute path: '${path}'; ignored`);
    }
    return append(before, added);
  },
};

/** [Install] lists: names with specifiers. What is wrong in them is told by `enable`, as systemctl does; loading says nothing. */
export const installNames: ValueKind<readonly string[]> = {
  what: 'list of units',
  list: true,
  read(text, before, context) {
    if (text === '') return [];
    const added: string[] = [];
    for (const word of extractWords(text, 'unquote').words) {
      const name = context.expand(word, 'names');
      if (name.ok && (context.key === 'Alias' || parseUnitName(name.text) !== undefined)) added.push(name.text);
    }
    return append(before, added);
  },
};

/** Sockets=: it can only grow. */
export const socketNames: ValueKind<readonly string[]> = {
  what: 'list of sockets',
  list: true,
  read(text, before, context) {
    const added: string[] = [];
    for (const word of splitBlanks(text)) {
      const name = expandOrWarn(word, context, 'names');
      if (name === undefined) continue;
      const socket = name.endsWith('.socket') ? context.unitName(name) : undefined;
      if (socket === undefined) context.warn(`Invalid socket '${name}'; ignored`);
      else added.push(socket);
    }
    return append(before, added);
  },
};
