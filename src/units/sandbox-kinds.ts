/** Values of the settings of a process's surroundings: man systemd.exec, systemd's src/core/load-fragment.c. */
import { type AcceptedKind, inverted, list, readPath, scalar, wordsOf, yesOrNo } from './accepted-kind.ts';
import { extractWords } from './syntax/words.ts';
import { expandOrWarn } from './value-kind.ts';
import { isAscii, isSafeString } from './values/identifier.ts';
import { parseInteger, parseWhole } from './values/integer.ts';
import { formatBindMount } from './values/mount.ts';
import { isFileName } from './values/path.ts';
import {
  architectures,
  formatAnswer,
  formatSystemCallRule,
  isAddressFamily,
  parseAnswer,
  parseSystemCallRule,
} from './values/system-call.ts';
import {
  coredumpFilterNames,
  formatBits,
  formatWordOrNumber,
  namespaceNames,
  parseBits,
  parseWordOrNumber,
  secureBitNames,
} from './values/word-list.ts';

/** A word of a list, or its number. */
export function named(what: string, words: string, most: number, empty: 'reset' | 'wrong' = 'reset'): AcceptedKind {
  return scalar(what, empty, (text) => {
    const number = parseWordOrNumber(text, words, most);
    return number === undefined ? undefined : formatWordOrNumber(number, words);
  });
}

/** ReadWritePaths= and its like: `-` may miss, `+` is below the root directory. */
export const namespacePaths: AcceptedKind = list('absolute path', 'unquote', (text, context) => {
  const [prefix = ''] = /^-?\+?/.exec(text) ?? [];
  const path = readPath(text.slice(prefix.length), 'absolute', context);
  return path === undefined ? '' : prefix + path;
});

/** BindPaths=: source, destination and option, with colons between. */
export const bindPaths: AcceptedKind = list('bind mount', 'unquote', (text, context) => {
  const [from = '', to, ...options] = text.split(':');
  const mayMiss = from.startsWith('-');
  const source = readPath(mayMiss ? from.slice(1) : from, 'absolute', context);
  if (source === undefined) return '';
  const destination = to === undefined ? source : readPath(to, 'absolute', context);
  if (destination === undefined) return '';
  const option = options.join(':');
  if (!['', 'rbind', 'norbind'].includes(option)) return undefined;
  return formatBindMount({ source, destination, mayMiss, recursive: option !== 'norbind' });
});

export const temporaryFilesystems: AcceptedKind = list(
  'absolute path with mount options',
  'unquote',
  (text, context) => {
    const colon = text.indexOf(':');
    const path = readPath(colon < 0 ? text : text.slice(0, colon), 'absolute', context);
    return path === undefined ? '' : path + (colon < 0 ? '' : text.slice(colon));
  },
);

/** RestrictNamespaces=: a boolean, or names of what stays allowed. */
export const namespaces: AcceptedKind = {
  what: 'boolean or list of namespaces',
  list: true,
  read(text, before, context) {
    if (text === '') return '';
    const truth = yesOrNo(text);
    if (truth !== undefined) return truth;
    const invert = text.startsWith('~');
    const bits = parseBits(wordsOf(invert ? text.slice(1) : text, 'plain', context), namespaceNames);
    if (bits === undefined) return undefined;
    const all = parseBits(namespaceNames.split(' '), namespaceNames) ?? 0;
    const earlier = allowedNamespaces(before, all);
    const allowed = earlier === undefined ? (invert ? all & ~bits : bits) : invert ? earlier & ~bits : earlier | bits;
    return allowed === all ? 'no' : allowed === 0 ? 'yes' : formatBits(allowed, namespaceNames);
  },
};

function allowedNamespaces(before: string | undefined, all: number): number | undefined {
  if (before === undefined || before === '') return undefined;
  if (before === 'yes') return 0;
  return before === 'no' ? all : parseBits(before.split(' '), namespaceNames);
}

export const secureBits: AcceptedKind = scalar('list of secure bits', 'reset', (text) => {
  // systemd leaves out what it does not know, and says nothing.
  const known = extractWords(text, 'unquote').words.filter((name) => secureBitNames.split(' ').includes(name));
  return formatBits(parseBits(known, secureBitNames) ?? 0, secureBitNames);
});

export const coredumpFilter: AcceptedKind = {
  what: 'list of kinds of memory',
  list: true,
  read(text, before, context) {
    if (text === '') return '';
    let mask = before === undefined || before === '' ? 0n : BigInt(before);
    for (const name of wordsOf(text, 'plain', context)) {
      const bits = parseBits([name], coredumpFilterNames);
      const number =
        name === 'default' ? 0x33n : name === 'all' ? 0x1ffn : bits === undefined ? parseHex(name) : BigInt(bits);
      if (number === undefined) return undefined;
      mask |= number;
    }
    return `0x${mask.toString(16)}`;
  },
};

function parseHex(text: string): bigint | undefined {
  return /^\+?(?:0[xX])?[0-9a-fA-F]{1,16}$/.test(text) ? BigInt(`0x${text.replace(/^\+?(?:0[xX])?/, '')}`) : undefined;
}

export const systemCalls: AcceptedKind = {
  what: 'system call',
  list: true,
  read(text, before, context) {
    const invert = text.startsWith('~');
    const kind = list('system call', 'plain', (name) => {
      const rule = parseSystemCallRule(name);
      // What is allowed needs no answer.
      if (rule === undefined || (rule.answer !== undefined && !invert)) return undefined;
      return formatSystemCallRule(rule);
    });
    return inverted(kind).read(text, before, context);
  },
};

export const systemCallsLogged: AcceptedKind = inverted(
  list('system call', 'plain', (name) =>
    parseSystemCallRule(name)?.answer === undefined && parseSystemCallRule(name) !== undefined ? name : undefined,
  ),
);

export const systemCallAnswer: AcceptedKind = scalar('error number', 'reset', (text) => {
  const answer = parseAnswer(text);
  return answer === undefined ? undefined : formatAnswer(answer);
});

export const systemCallArchitectures: AcceptedKind = list('architecture', 'unquote', (name) =>
  architectures.split(' ').includes(name) ? name : undefined,
);

const families = inverted(list('address family', 'unquote', (name) => (isAddressFamily(name) ? name : undefined)));

/** RestrictAddressFamilies=: `none` forbids all of them. */
export const addressFamilies: AcceptedKind = {
  ...families,
  read: (text, before, context) =>
    text === 'none' ? text : families.read(text, before === 'none' ? '' : before, context),
};

const filesystemGroups =
  'basic-api anonymous application auxiliary-api common-block historical-block known network privileged-api security temporary';

export const filesystems: AcceptedKind = inverted(
  list('file system', 'unquote', (name) =>
    !name.startsWith('@') || filesystemGroups.split(' ').includes(name.slice(1)) ? name : undefined,
  ),
);

/** Architectures whose programs this kernel runs: only the machine's own, or its 32-bit one. */
export const personality: AcceptedKind = scalar('personality of this machine', 'reset', (text, context) => {
  const expanded = context.expand('%a', 'full');
  const native = expanded.ok ? expanded.text : '';
  const second = new Map([
    ['x86-64', 'x86'],
    ['arm64', 'arm'],
    ['ppc64', 'ppc'],
    ['s390x', 's390'],
  ]);
  return text === native || text === second.get(native) ? text : undefined;
});

export const logNamespace: AcceptedKind = scalar('log namespace', 'reset', (text, context) => {
  const name = expandOrWarn(text, context);
  if (name === undefined) return '';
  return isFileName(name) && /^[A-Za-z0-9:_.@\\-]{1,222}$/.test(name) && isSafeString(name) ? name : undefined;
});

/** LogFilterPatterns=: a regular expression, `~` before what is to be dropped. */
export const logPattern: AcceptedKind = list('regular expression', 'whole', (text) =>
  text === '~' ? undefined : text,
);

/** A label of a security module: `-` when it may not be there. */
export const label: AcceptedKind = {
  ...scalar('label', 'reset', (text, context) => {
    const mayMiss = text.startsWith('-');
    const name = expandOrWarn(mayMiss ? text.slice(1) : text, context);
    if (name !== undefined) return mayMiss ? `-${name}` : name;
    if (!mayMiss) context.refuse(`Unknown specifier in '${text}' of ${context.key}=`);
    return '';
  }),
};

/** OpenFile=: path, name of the descriptor, options. */
export const openFile: AcceptedKind = list('file to open', 'whole', (text) => {
  const [path = '', name = '', options = '', ...more] = text.split(':');
  if (
    !path.startsWith('/') ||
    more.length > 0 ||
    !isFileName(name === '' ? path.slice(path.lastIndexOf('/') + 1) : name)
  ) {
    return undefined;
  }
  const words = options === '' ? [] : options.split(',');
  const ways = words.filter((option) => ['read-only', 'append', 'truncate'].includes(option));
  const isRight = words.every((option) => option === 'graceful' || ways.includes(option));
  return isRight && ways.length <= 1 && new Set(words).size === words.length ? text : undefined;
});

export const rebootArgument: AcceptedKind = scalar('reboot argument', 'reset', (text, context) => {
  const argument = expandOrWarn(text, context);
  if (argument === undefined) return '';
  return isAscii(argument) && argument.length <= 255 ? argument : undefined;
});

export const swapPriority: AcceptedKind = scalar('priority', 'reset', (text) => {
  const number = parseInteger(text, -1, 32767);
  return number === undefined ? undefined : String(number);
});

/** A whole number of 64 bits. */
export const long: AcceptedKind = scalar('number', 'wrong', (text) => {
  const number = parseWhole(text);
  return number === undefined || BigInt.asIntN(64, number) !== number ? undefined : String(number);
});
