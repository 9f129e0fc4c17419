/** Values of the settings of control groups: man systemd.resource-control, systemd's src/core/load-fragment.c. */
import {
  type AcceptedKind,
  integer,
  inverted,
  list,
  obsolete,
  readPath,
  scalar,
  tellWord,
  word,
  wordsOf,
  yesOrNo,
} from './accepted-kind.ts';
import { unitType } from './name.ts';
import { extractWord } from './syntax/words.ts';
import { expandOrWarn, type ValueContext } from './value-kind.ts';
import { formatIpPrefix, parseIpPrefix } from './values/address.ts';
import { type CpuSet, formatCpuSet, parseCpuSet } from './values/cpu-set.ts';
import { formatDeviceRule, parseDeviceRule } from './values/device.ts';
import { formatDuration, parseDuration } from './values/duration.ts';
import { isInterfaceName } from './values/identifier.ts';
import { parseUnsigned64 } from './values/integer.ts';
import { isFileName } from './values/path.ts';
import { formatPermyriad, parsePermyriad } from './values/percent.ts';
import { parseSize } from './values/size.ts';
import { formatSocketBind, parseSocketBind } from './values/socket-address.ts';
import { controllers, formatBits, parseBits } from './values/word-list.ts';

const mostWhole = (1n << 64n) - 1n;

/** Bytes, a part of the memory or `infinity`. `zero`: whether none at all is a limit. */
export function memory(zero: boolean): AcceptedKind {
  return scalar('size', 'reset', (text) => {
    if (text === 'infinity') return text;
    const parts = parsePermyriad(text);
    if (parts !== undefined && parts <= 10000) return parts > 0 || zero ? formatPermyriad(parts) : undefined;
    const bytes = parseSize(text);
    return bytes !== undefined && bytes < mostWhole && (bytes > 0n || zero) ? String(bytes) : undefined;
  });
}

export const tasks: AcceptedKind = scalar('number of tasks', 'reset', (text) => {
  if (text === 'infinity') return text;
  const parts = parsePermyriad(text);
  if (parts !== undefined && parts <= 10000) return formatPermyriad(parts);
  const number = parseUnsigned64(text);
  return number !== undefined && number > 0n && number < mostWhole ? String(number) : undefined;
});

export const quota: AcceptedKind = scalar('percentage', 'reset', (text) => {
  const parts = parsePermyriad(text);
  return parts !== undefined && parts > 0 ? formatPermyriad(parts) : undefined;
});

/** 1 to 10000. */
export const weight: AcceptedKind = integer('weight', 1, 10000, 'reset');
export const cpuWeight: AcceptedKind = scalar('weight', 'reset', (text, context) =>
  text === 'idle' ? text : weight.read(text, undefined, context),
);
const blockWeight = integer('weight', 10, 1000, 'reset');
const blockHint = 'use IO…= settings';
export const blockIoWeight: AcceptedKind = blockWeight;
export const cpuShares: AcceptedKind = obsolete(integer('number of shares', 2, 262144, 'reset'), 'use CPUWeight=');

/** A set grows by each value; an empty one empties it. `alone`: a word that stands for a set of its own. */
export function cpuSet(hasSpecifiers: boolean, alone?: string): AcceptedKind {
  return {
    what: 'set of numbers',
    list: true,
    read(text, before, context) {
      if (text === alone) return text;
      const expanded = hasSpecifiers ? expandOrWarn(text, context) : text;
      if (expanded === undefined) return before ?? '';
      let added: CpuSet = [];
      for (const range of expanded.split(/[ \t,]+/)) {
        const set = parseCpuSet(range);
        if (set === undefined) return undefined;
        if (set.length === 0 && range.includes('-')) tellWord(context, range, 'rising range');
        added = added.concat(set);
      }
      if (added.length === 0) return '';
      const earlier = before === undefined || before === alone ? '' : before;
      return formatCpuSet(parseCpuSet(`${earlier} ${formatCpuSet(added)}`) ?? added);
    },
  };
}

export const addressPrefixes: AcceptedKind = list('address prefix', 'plain', (text) => {
  if (/^(?:any|localhost|link-local|multicast)$/i.test(text)) return text;
  const prefix = parseIpPrefix(text);
  return prefix === undefined ? undefined : formatIpPrefix(prefix);
});

export const socketBinds: AcceptedKind = list('socket address rule', 'whole', (text) => {
  const rule = parseSocketBind(text);
  return rule === undefined ? undefined : formatSocketBind(rule);
});

export const interfaces: AcceptedKind = inverted(
  list('network interface', 'unquote', (text) => (isInterfaceName(text) ? text : undefined)),
);

/** A device (any path) and what is said of it. */
function ofDevice(what: string, normalize: (rest: string) => string | undefined): AcceptedKind {
  return list(`device with ${what}`, 'whole', (text, context) => {
    const { word: path, rest } = splitFirst(text);
    if (rest === '') return undefined;
    const device = readPath(path, 'any', context);
    if (device === undefined) return '';
    const normal = normalize(rest);
    return normal === undefined ? undefined : `${device} ${normal}`;
  });
}

function splitFirst(text: string): { readonly word: string; readonly rest: string } {
  const first = extractWord(text, 0, 'unquote');
  if (first.kind !== 'word') return { word: '', rest: '' };
  return { word: first.word, rest: text.slice(first.end).trim() };
}

export const deviceWeights: AcceptedKind = ofDevice('weight', (rest) => normalOf(weight, rest));
export const deviceLatencies: AcceptedKind = ofDevice('time span', (rest) => {
  const span = parseDuration(rest);
  return span === undefined ? undefined : formatDuration(span);
});
export const deviceLimits: AcceptedKind = ofDevice('rate', (rest) => (rest === 'infinity' ? rest : rate(rest)));
export const blockDeviceWeights: AcceptedKind = obsolete(
  ofDevice('weight', (rest) => normalOf(blockWeight, rest)),
  blockHint,
);
export const blockBandwidths: AcceptedKind = obsolete(ofDevice('rate', rate), blockHint);

function rate(text: string): string | undefined {
  const bytes = parseSize(text, 1000);
  return bytes === undefined || bytes === 0n ? undefined : String(bytes);
}

/** No kind of a number asks the context. */
function normalOf(kind: AcceptedKind, text: string): string | undefined {
  return kind.read(text, undefined, undefined as unknown as ValueContext);
}

export const devices: AcceptedKind = list('device with rights', 'whole', (text, context) => {
  const { word: name, rest } = splitFirst(text);
  const device = expandOrWarn(name, context);
  if (device === undefined) return '';
  const rule = parseDeviceRule(device, rest);
  return rule === undefined ? undefined : formatDeviceRule(rule);
});

/** Delegate=: a boolean, or names of controllers. Empty is yes, without any. */
export const delegate: AcceptedKind = {
  what: 'boolean or list of controllers',
  list: true,
  read(text, _before, context) {
    if (!['service', 'scope'].includes(unitType(context.unit))) return refuseType(context);
    if (text === '') return 'yes';
    const truth = yesOrNo(text);
    if (truth !== undefined) return truth;
    return wordsOf(text, 'unquote', context)
      .filter((name) => {
        const isKnown = controllers.split(' ').includes(name);
        if (!isKnown) tellWord(context, name, 'controller');
        return isKnown;
      })
      .join(' ');
  },
};

export const delegateSubgroup: AcceptedKind = {
  what: 'name of a control group',
  list: false,
  read(text, _before, context) {
    if (!['service', 'scope'].includes(unitType(context.unit))) return refuseType(context);
    if (text === '') return '';
    const isPlain = isFileName(text) && !/^(?:[_.]|cgroup\.|tasks$|notify_on_release$|release_agent$)/.test(text);
    return isPlain && !controllers.split(' ').some((name) => text.startsWith(`${name}.`)) ? text : undefined;
  },
};

export const controllerNames: AcceptedKind = list('list of controllers', 'whole', (text, context) => {
  const known = wordsOf(text, 'plain', context).filter((name) => controllers.split(' ').includes(name));
  const bits = parseBits(known, controllers);
  return bits === undefined || bits === 0 ? undefined : formatBits(bits, controllers);
});

/** A setting of the out-of-memory daemon, which only some types of units have. */
function managed(kind: AcceptedKind): AcceptedKind {
  return {
    ...kind,
    read: (text, before, context) =>
      ['service', 'slice', 'scope'].includes(unitType(context.unit))
        ? kind.read(text, before, context)
        : refuseType(context),
  };
}

function refuseType(context: ValueContext): string {
  context.warn(`Unsupported ${context.key}= in a ${unitType(context.unit)}; ignored`);
  return '';
}

export const oomMode: AcceptedKind = managed(word('auto kill', 'reset'));
export const oomPressure: AcceptedKind = managed(
  scalar('percentage', 'reset', (text) => {
    const parts = parsePermyriad(text);
    return parts === undefined || parts > 10000 ? undefined : formatPermyriad(parts);
  }),
);
export const oomDuration: AcceptedKind = managed(
  scalar('time span of a second or more', 'reset', (text) => {
    const span = parseDuration(text);
    return span === undefined || span < 1_000_000 || span === Infinity ? undefined : formatDuration(span);
  }),
);

const attachTypes =
  'ingress egress sock_create sock_ops device bind4 bind6 connect4 connect6 post_bind4 post_bind6 sendmsg4 sendmsg6 sysctl recvmsg4 recvmsg6 getsockopt setsockopt';

export const bpfProgram: AcceptedKind = list('BPF program', 'whole', (text, context) => {
  const colon = text.indexOf(':');
  const type = text.slice(0, Math.max(0, colon));
  if (colon === text.length - 1 || !attachTypes.split(' ').includes(type)) return undefined;
  const path = readPath(text.slice(colon + 1), 'absolute', context);
  return path === undefined ? '' : `${type}:${path}`;
});

/** NFTSet=: `cgroup:inet:table:set`. */
export const nftSets: AcceptedKind = list('set of nftables', 'unquote', (text) =>
  /^(?:cgroup|user|group):(?:arp|bridge|inet|ip|ip6|netdev)(?::[A-Za-z][A-Za-z0-9/\\_.]{0,30}){2}$/.test(text)
    ? text
    : undefined,
);

/** Slice=: the unit must be one. */
export const slice: AcceptedKind = scalar('slice', 'wrong', (text, context) => {
  const name = expandOrWarn(text, context, 'names');
  if (name === undefined) return '';
  // Slices have no templates and instances.
  return name.endsWith('.slice') && !name.includes('@') ? context.unitName(name) : undefined;
});
