/** Values of Environment= and its like: man systemd.exec, "ENVIRONMENT". */
import { append, appendNew, assign } from './grown-list.ts';
import type { ExecSettings } from './exec-model.ts';
import { isUtf8 } from './syntax/words.ts';
import { expandOrWarn, type ValueKind, wordsOrWarn } from './value-kind.ts';
import { isNormalizedAbsolute, simplifyPath } from './values/path.ts';

const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

export const environment: ValueKind<readonly string[]> = {
  what: 'environment assignment',
  list: true,
  read(text, before, context) {
    if (text === '') return [];
    const added: string[] = [];
    for (const word of wordsOrWarn(text, context, 'unquote-unescape', false)) {
      const assignment = expandOrWarn(word, context);
      if (assignment === undefined) continue;
      const equals = assignment.indexOf('=');
      if (equals <= 0 || !variableName.test(assignment.slice(0, equals)) || !isUtf8(assignment)) {
        context.warn(`Invalid environment assignment '${assignment}'; ignored`);
        continue;
      }
      added.push(assignment);
    }
    // A variable keeps the place of its first assignment.
    return assign(before, added);
  },
};

export const environmentFiles: ValueKind<ExecSettings['environmentFiles']> = {
  what: 'absolute path',
  list: true,
  read(text, before, context) {
    if (text === '') return [];
    const file = expandOrWarn(text, context);
    if (file === undefined) return before;
    const mayMiss = file.startsWith('-');
    const path = mayMiss ? file.slice(1) : file;
    return isNormalizedAbsolute(path) ? append(before, [{ path: simplifyPath(path), mayMiss }]) : undefined;
  },
};

/** PassEnvironment=, UnsetEnvironment=: names, the latter also whole assignments. */
export const environmentNames: ValueKind<readonly string[]> = {
  what: 'environment variable name',
  list: true,
  read(text, before, context) {
    if (text === '') return [];
    const added: string[] = [];
    const style = context.key === 'PassEnvironment' ? 'unquote' : 'unquote-unescape';
    for (const word of wordsOrWarn(text, context, style, false)) {
      const name = expandOrWarn(word, context);
      if (name === undefined) continue;
      const equals = context.key === 'UnsetEnvironment' ? name.indexOf('=') : -1;
      if (variableName.test(equals < 0 ? name : name.slice(0, equals)) && isUtf8(name)) added.push(name);
      else context.warn(`Invalid environment name '${name}'; ignored`);
    }
    return appendNew(before, added);
  },
};
