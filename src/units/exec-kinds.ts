/** Values of the settings of a process: man systemd.exec, systemd's src/core/load-fragment.c. */
import { currentPath, path, readPath } from './accepted-kind.ts';
import type { ExecCommand, ExecSettings, ExitStatusSet, KillSettings, Limits, StreamTarget } from './exec-model.ts';
import { parseCommandLine } from './syntax/command-line.ts';
import { append } from './grown-list.ts';
import { splitBlanks } from './syntax/words.ts';
import { expandOrWarn, type ValueContext, type ValueKind, wordsOrWarn } from './value-kind.ts';
import { formatBoolean, parseBoolean } from './values/boolean.ts';
import { allCapabilities, parseCapabilities } from './values/capability.ts';
import { parseExitStatuses } from './values/exit-status.ts';
import { isBusName, isDescriptorName } from './values/identifier.ts';
import { type LimitCounts, parseLimit } from './values/limit.ts';
import { isNormalizedAbsolute, simplifyPath } from './values/path.ts';
import { logLevels, parseWordOrNumber } from './values/word-list.ts';

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
    return append(before, [...line.commands]);
  },
};

export const workingDirectory: ValueKind<ExecSettings['workingDirectory']> = {
  what: "absolute path or '~'",
  list: false,
  read(text, _, context) {
    const mayMiss = text.startsWith('-');
    const word = mayMiss ? text.slice(1) : text;
    if (text === '') return { path: '', home: false, mayMiss: false };
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
    if (name !== undefined && isUserName(name)) {
      if (name === 'nobody' && context.key.includes('User')) {
        context.warn(`User 'nobody' owns what belongs to nobody, and is not safe; kept as written`);
      }
      return name;
    }
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
    for (const word of wordsOrWarn(text, context, 'plain')) {
      const name = expandOrWarn(word, context);
      if (name !== undefined && isUserName(name)) added.push(name);
      else context.refuse(`Invalid user or group name or numeric ID '${word}'`);
    }
    return append(before, added);
  },
};

/** systemd's relaxed rule: no blank at an end, no control character, no `:` or `/`, no number but one of a user. Source: valid_user_group_name() in systemd's src/basic/user-util.c. */
function isUserName(name: string): boolean {
  if (/^\d+$/.test(name)) return isUserNumber(name);
  // eslint-disable-next-line no-control-regex -- it is these that systemd refuses
  return !/[:/\x01-\x1f\x7f]|^ | $|^-?\d*$|^\.{1,2}$/.test(name);
}

/** 65535 and the last of 32 bits are the kernel's for "no user". */
function isUserNumber(text: string): boolean {
  return /^(?:0|[1-9]\d{0,9})$/.test(text) && Number(text) < 2 ** 32 - 1 && Number(text) !== 65535;
}

export function limit(resource: number, counts: LimitCounts): ValueKind<Limits> {
  return {
    what: 'resource limit',
    list: false,
    read(text, before) {
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
    const { statuses, signals, wrong } = parseExitStatuses(splitBlanks(text));
    for (const word of wrong) context.warn(`Unknown exit status or signal '${word}'; ignored`);
    return {
      statuses: new Set([...before.statuses, ...statuses]),
      signals: new Set([...before.signals, ...signals]),
    };
  },
};

/** CapabilityBoundingSet=, AmbientCapabilities=: `~` takes away; empty is no capability at all. */
export function capabilities(initial: bigint): ValueKind<bigint | undefined> {
  return {
    what: 'list of capabilities',
    list: true,
    read(text, before) {
      const invert = text.startsWith('~');
      // systemd says nothing of one that it does not know.
      const named = parseCapabilities(splitBlanks(invert ? text.slice(1) : text));
      if (named === 0n) return invert ? allCapabilities : 0n;
      // Of the unset value the first line makes the whole set: what it names, or all but that.
      if (before === undefined || before === initial) return invert ? allCapabilities & ~named : named;
      return invert ? before & ~named : before | named;
    },
  };
}

/** ExecSearchPath=: with colons between; the rest behind a wrong one is lost. */
export const pathList: ValueKind<readonly string[]> = {
  what: 'list of absolute paths',
  list: true,
  read(text, before, context) {
    if (text === '') return [];
    const added: string[] = [];
    for (const part of text.split(':')) {
      const path = readPath(part, 'absolute', context);
      if (path === undefined) break;
      added.push(path);
    }
    return append(before, added);
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
    if (text === 'syslog' || text === 'syslog+console') {
      const kind = text === 'syslog' ? 'journal' : 'journal+console';
      context.warn(`Obsolete output '${text}', ${kind} is meant; replaced`);
      return { kind };
    }
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
  if (text === 'fd') return { kind: 'fd', name: usualDescriptor(context) };
  const colon = text.indexOf(':');
  const kind = text.slice(0, colon);
  const argument = expandOrWarn(text.slice(colon + 1), context);
  if (argument === undefined) return undefined;
  if (kind === 'fd') {
    const name = argument === '' ? usualDescriptor(context) : argument;
    return isDescriptorName(name) ? { kind, name } : undefined;
  }
  if (kind !== 'file' && kind !== 'append' && kind !== 'truncate') return undefined;
  if (context.key === 'StandardInput' && kind !== 'file') return undefined;
  return isNormalizedAbsolute(argument) ? { kind, path: simplifyPath(argument) } : undefined;
}

/** StandardInput= reads from the descriptor "stdin". */
function usualDescriptor({ key }: ValueContext): string {
  return key.replace('Standard', 'std').toLowerCase();
}

/** A wrong one keeps the unit from being loaded: it must not run outside of it. */
export const rootDirectory: ValueKind<string> = path(true);

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

/** A relative PIDFile= is below /run. systemd cannot go on after a wrong one. */
export const pidFile: ValueKind<string> = {
  what: 'path',
  list: false,
  read(text, before, context) {
    if (text === '') return '';
    const path = expandOrWarn(text, context);
    if (path === undefined) return before;
    const absolute = simplifyPath(path.startsWith('/') ? path : `/run/${path}`);
    if (isNormalizedAbsolute(absolute)) return currentPath(absolute, context);
    context.refuse(`Invalid path '${text}' of PIDFile=`, undefined, 'error');
    return before;
  },
};

/** syslog(3)'s levels by name or number, 0 to 7. */
export const syslogLevel: ValueKind<number> = {
  what: 'log level',
  list: false,
  read: (text) => parseWordOrNumber(text, logLevels, 7),
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
