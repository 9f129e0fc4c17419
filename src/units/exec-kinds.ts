/** Values of the settings of a process: man systemd.exec, systemd's src/core/load-fragment.c. */
import { checkPath } from './accepted-kind.ts';
import type { ExecCommand, ExecSettings, ExitStatusSet, KillSettings, Limits, StreamTarget } from './model.ts';
import { parseCommandLine } from './syntax/command-line.ts';
import { extractWords, splitBlanks } from './syntax/words.ts';
import { expandOrWarn, type ValueContext, type ValueKind } from './value-kind.ts';
import { formatBoolean, parseBoolean } from './values/boolean.ts';
import { allCapabilities, parseCapability } from './values/capability.ts';
import { parseExitStatus } from './values/exit-status.ts';
import { isBusName } from './values/identifier.ts';
import { type LimitCounts, parseLimit } from './values/limit.ts';
import { hasParent, isNormalizedAbsolute, isValidPath, simplifyPath } from './values/path.ts';
import { parseSignal } from './values/signal.ts';

/** An Exec*= line. */
export const commands: ValueKind<readonly ExecCommand[]> = {
  what: 'command line',
  list: true,
  read(text, before, context) {
    if (text === '') return [];
    const line = parseCommandLine(text, (word) => context.expand(word, 'full'));
    if (line.unknownEscape) context.warn(`Unknown escape sequence in '${text}'; kept as written`);
    if (line.problem !== undefined) {
      const { message, fatal, offset } = line.problem;
      if (fatal) context.refuse(message, { offset });
      else context.warn(`${message}; command ignored`, { offset });
    }
    return before.concat(line.commands);
  },
};

const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

export const environment: ValueKind<readonly string[]> = {
  what: 'environment assignment',
  list: true,
  read(text, before, context) {
    if (text === '') return [];
    const { words, complete } = extractWords(text, 'unquote-unescape');
    if (!complete) context.warn(`Unbalanced quoting in '${text}'; the rest of the line is ignored`);
    const all = [...before];
    for (const word of words) {
      const assignment = expandOrWarn(word, context);
      if (assignment === undefined) continue;
      const equals = assignment.indexOf('=');
      if (equals <= 0 || !variableName.test(assignment.slice(0, equals))) {
        context.warn(`Invalid environment assignment '${assignment}'; ignored`);
        continue;
      }
      // A variable keeps the place of its first assignment.
      const at = all.findIndex((other) => other.startsWith(assignment.slice(0, equals + 1)));
      if (at < 0) all.push(assignment);
      else all[at] = assignment;
    }
    return all;
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
    return isNormalizedAbsolute(path) ? before.concat({ path: simplifyPath(path), mayMiss }) : undefined;
  },
};

/** PassEnvironment=, UnsetEnvironment=: names, the latter also whole assignments. */
export const environmentNames: ValueKind<readonly string[]> = {
  what: 'environment variable name',
  list: true,
  read(text, before, context) {
    if (text === '') return [];
    const { words, complete } = extractWords(text, context.key === 'PassEnvironment' ? 'unquote' : 'unquote-unescape');
    if (!complete) context.warn(`Unbalanced quoting in '${text}'; the rest of the line is ignored`);
    const added: string[] = [];
    for (const word of words) {
      const name = expandOrWarn(word, context);
      if (name === undefined) continue;
      const equals = context.key === 'UnsetEnvironment' ? name.indexOf('=') : -1;
      if (variableName.test(equals < 0 ? name : name.slice(0, equals))) added.push(name);
      else context.warn(`Invalid environment name '${name}'; ignored`);
    }
    return before.concat(added);
  },
};

export const workingDirectory: ValueKind<ExecSettings['workingDirectory']> = {
  what: "absolute path or '~'",
  list: false,
  read(text, _, context) {
    const mayMiss = text.startsWith('-');
    const word = mayMiss ? text.slice(1) : text;
    if (word === '') return { path: '', home: false, mayMiss: false };
    if (word === '~') return { path: '', home: true, mayMiss };
    const path = expandOrWarn(word, context);
    if (path === undefined) {
      if (!mayMiss) context.refuse(`Invalid WorkingDirectory '${text}'`);
      return undefined;
    }
    if (isNormalizedAbsolute(path)) return { path: simplifyPath(path), home: false, mayMiss };
    if (!mayMiss) context.refuse(`WorkingDirectory= path is not absolute: '${text}'`);
    return undefined;
  },
};

/** User= and Group=: a name or a number; a wrong one must never become root, so the unit is refused. */
export const userName: ValueKind<string> = {
  what: 'user or group',
  list: false,
  read(text, before, context) {
    if (text === '') return '';
    const name = expandOrWarn(text, context);
    if (name !== undefined && isUserName(name)) return name;
    context.refuse(`Invalid user or group name or numeric ID '${text}'`);
    return before;
  },
};

export const userNames: ValueKind<readonly string[]> = {
  what: 'list of groups',
  list: true,
  read(text, before, context) {
    if (text === '') return [];
    const added: string[] = [];
    for (const word of extractWords(text, 'unquote').words) {
      const name = expandOrWarn(word, context);
      if (name !== undefined && isUserName(name)) added.push(name);
      else context.refuse(`Invalid user or group name or numeric ID '${word}'`);
    }
    return before.concat(added);
  },
};

/** systemd's relaxed rule: no blank at an end, no control character, no `:` or `/`, no number with a sign. */
function isUserName(name: string): boolean {
  if (/^\d+$/.test(name)) return name.length <= 10 && Number(name) < 2 ** 32 - 1 && Number(name) !== 65535;
  return name.length <= 255 && !/[:/\p{Cc}]|^[\s-]|\s$|^[+-]?\d+$|^\.{1,2}$/u.test(name);
}

export function limit(resource: number, counts: LimitCounts): ValueKind<Limits> {
  return {
    what: 'resource limit',
    list: false,
    read(text, before) {
      if (text === '') {
        const rest = new Map(before);
        rest.delete(resource);
        return rest;
      }
      const value = parseLimit(text, counts);
      return value === undefined ? undefined : new Map(before).set(resource, value);
    },
  };
}

/** SuccessExitStatus= and its like: statuses by number or name, signals by name. */
export const exitStatuses: ValueKind<ExitStatusSet> = {
  what: 'exit status or signal',
  list: true,
  read(text, before, context) {
    if (text === '') return { statuses: new Set(), signals: new Set() };
    const statuses = new Set(before.statuses);
    const signals = new Set(before.signals);
    for (const word of splitBlanks(text)) {
      const status = parseExitStatus(word);
      const number = status === undefined ? parseSignal(word) : undefined;
      if (status !== undefined) statuses.add(status);
      else if (number !== undefined) signals.add(number);
      else context.warn(`Unknown exit status or signal '${word}'; ignored`);
    }
    return { statuses, signals };
  },
};

/** CapabilityBoundingSet=, AmbientCapabilities=: `~` takes away; empty is no capability at all. */
export function capabilities(initial: bigint): ValueKind<bigint | undefined> {
  return {
    what: 'list of capabilities',
    list: true,
    read(text, before, context) {
      const invert = text.startsWith('~');
      let named = 0n;
      for (const word of splitBlanks(invert ? text.slice(1) : text)) {
        const number = parseCapability(word);
        if (number === undefined) context.warn(`Unknown capability '${word}'; ignored`);
        else named |= 1n << BigInt(number);
      }
      if (named === 0n) return invert ? allCapabilities : 0n;
      // Of the unset value the first line makes the whole set: what it names, or all but that.
      if (before === undefined || before === initial) return invert ? allCapabilities & ~named : named;
      return invert ? before & ~named : before | named;
    },
  };
}

/** RuntimeDirectory= and its like: relative paths; `:link` (a symlink to it) is not carried out yet. */
export const directoryPaths: ValueKind<readonly string[]> = {
  what: 'list of relative paths',
  list: true,
  read(text, before, context) {
    if (text === '') return [];
    const added: string[] = [];
    for (const word of extractWords(text, 'unquote').words) {
      const path = expandOrWarn(word.split(':', 1)[0] ?? '', context);
      if (path === undefined) continue;
      const simple = simplifyPath(path);
      if (simple === '' || simple.startsWith('/') || hasParent(simple) || !isValidPath(simple)) {
        context.warn(`${context.key}= path is not valid: '${word}'; ignored`);
      } else if (simple === 'private' || simple.startsWith('private/')) {
        context.warn(`${context.key}= path can't be 'private': '${word}'; ignored`);
      } else if (!before.includes(simple)) added.push(simple);
    }
    return before.concat(added);
  },
};

export const pathList: ValueKind<readonly string[]> = {
  what: 'list of absolute paths',
  list: true,
  read(text, before, context) {
    if (text === '') return [];
    const added: string[] = [];
    for (const part of text.split(context.key === 'ExecSearchPath' ? ':' : /[ \t]+/)) {
      const path = expandOrWarn(part, context);
      if (path === undefined || path === '') continue;
      if (isNormalizedAbsolute(path)) added.push(simplifyPath(path));
      else context.warn(`Not an absolute path: '${path}'; ignored`);
    }
    return before.concat(added);
  },
};

export const input: ValueKind<StreamTarget> = {
  what: 'input specifier',
  list: false,
  read: (text, _, context) =>
    plainStream(text, ['null', 'tty', 'tty-force', 'tty-fail', 'socket', 'data']) ?? streamWithArgument(text, context),
};

export const output: ValueKind<StreamTarget> = {
  what: 'output specifier',
  list: false,
  read(text, _, context) {
    // syslog is obsolete and means the journal.
    if (text === 'syslog') return { kind: 'journal' };
    if (text === 'syslog+console') return { kind: 'journal+console' };
    const words = ['inherit', 'null', 'tty', 'journal', 'kmsg', 'journal+console', 'kmsg+console', 'socket'] as const;
    return plainStream(text, words) ?? streamWithArgument(text, context);
  },
};

type PlainStream = Exclude<StreamTarget['kind'], 'fd' | 'file' | 'append' | 'truncate'>;

function plainStream(text: string, words: readonly PlainStream[]): StreamTarget | undefined {
  const kind = words.find((word) => word === text);
  return kind === undefined ? undefined : { kind };
}

/** fd:NAME, file:PATH, append:PATH, truncate:PATH; a bare `fd` is named after the stream. */
function streamWithArgument(text: string, context: ValueContext): StreamTarget | undefined {
  if (text === 'fd') return { kind: 'fd', name: context.key.replace('Standard', 'std').toLowerCase() };
  const colon = text.indexOf(':');
  const kind = text.slice(0, colon);
  const argument = expandOrWarn(text.slice(colon + 1), context);
  if (argument === undefined) return undefined;
  if (kind === 'fd') return /^[^:\p{Cc}]{1,255}$/u.test(argument) ? { kind, name: argument } : undefined;
  if (kind !== 'file' && kind !== 'append' && kind !== 'truncate') return undefined;
  return isNormalizedAbsolute(argument) ? { kind, path: simplifyPath(argument) } : undefined;
}

/** A wrong one keeps the unit from being loaded: it must not run outside of it. */
export const rootDirectory: ValueKind<string> = {
  what: 'absolute path',
  list: false,
  read(text, before, context) {
    if (text === '') return '';
    const checked = checkPath(text, 'absolute', context);
    if (checked.ok) return checked.path;
    context.refuse(checked.problem);
    return before;
  },
};

export const killMode: ValueKind<KillSettings['mode']> = {
  what: 'kill mode',
  list: false,
  read(text, _, context) {
    if (text === '') return 'control-group';
    if (text === 'none')
      context.warn('KillMode=none leaves processes behind, use mixed or control-group; kept as written');
    return (['control-group', 'process', 'mixed', 'none'] as const).find((mode) => mode === text);
  },
};

/** A name on the bus; it cannot be emptied. */
export const busName: ValueKind<string> = {
  what: 'name on the bus',
  list: false,
  read(text, before, context) {
    const name = expandOrWarn(text, context);
    if (name === undefined) return before;
    return isBusName(name) ? name : undefined;
  },
};

/** A relative PIDFile= is below /run. */
export const pidFile: ValueKind<string> = {
  what: 'path',
  list: false,
  read(text, _, context) {
    if (text === '') return '';
    const path = expandOrWarn(text, context);
    if (path === undefined) return undefined;
    const absolute = path.startsWith('/') ? path : `/run/${path}`;
    return isNormalizedAbsolute(absolute) ? simplifyPath(absolute.replace(/^\/var\/run\//, '/run/')) : undefined;
  },
};

const levels = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

/** syslog(3)'s levels by name or number, 0 to 7. */
export const syslogLevel: ValueKind<number> = {
  what: 'log level',
  list: false,
  read(text) {
    const level = /^[0-7]$/.test(text) ? Number(text) : levels.indexOf(text);
    return level < 0 ? undefined : level;
  },
};

const nanosecondUnits = new Map([
  ['', 1n],
  ['ns', 1n],
  ['nsec', 1n],
  ['us', 1000n],
  ['usec', 1000n],
  ['ms', 1_000_000n],
  ['msec', 1_000_000n],
  ['s', 1_000_000_000n],
  ['sec', 1_000_000_000n],
]);

export const nanoseconds: ValueKind<bigint | undefined> = {
  what: 'time span in nanoseconds',
  list: false,
  read(text) {
    const [, digits = '', unit = ''] = /^(\d{1,18})[ \t]*([a-z]*)$/.exec(text) ?? [];
    const factor = nanosecondUnits.get(unit);
    return digits === '' || factor === undefined ? undefined : BigInt(digits) * factor;
  },
};

export const preserve: ValueKind<ExecSettings['runtimeDirectoryPreserve']> = {
  what: "boolean or 'restart'",
  list: false,
  read(text) {
    if (text === 'restart') return text;
    const value = parseBoolean(text);
    return value === undefined ? undefined : formatBoolean(value);
  },
};
