/** Values of [Socket], [Timer] and [Path]: man systemd.socket, systemd.timer, systemd.path; systemd's src/core/load-fragment.c. */
import { type AcceptedKind, currentPath, list, readPath, scalar } from './accepted-kind.ts';
import { parseUnitName, unitType } from './name.ts';
import { expandOrWarn, type ValueContext } from './value-kind.ts';
import { parseBoolean } from './values/boolean.ts';
import { parseCalendar } from './values/calendar.ts';
import { formatCalendar } from './values/calendar-format.ts';
import type { Zones } from './values/zones.ts';
import { formatDuration, parseDuration } from './values/duration.ts';
import { isDescriptorName, isInterfaceName } from './values/identifier.ts';
import { parseInteger } from './values/integer.ts';
import {
  formatNetlinkAddress,
  formatSocketAddress,
  parseNetlinkAddress,
  parseSocketAddress,
} from './values/socket-address.ts';

/** What a line of Listen…= is kept as: `Stream /run/a`. All lines of a socket are one list, in the order of the file; an empty one empties it. */
function listenLine({ key }: ValueContext, address: string): string {
  return `${key.slice('Listen'.length)} ${address}`;
}

/** ListenStream= and its like. */
export const socketAddress: AcceptedKind = list('socket address', 'whole', (text, context) => {
  const expanded = expandOrWarn(text, context);
  if (expanded === undefined) return '';
  const address = parseSocketAddress(currentPath(expanded, context));
  if (address === undefined) return undefined;
  if (context.key === 'ListenSequentialPacket' && address.kind !== 'unix') return undefined;
  return listenLine(context, formatSocketAddress(address));
});

export const netlinkAddress: AcceptedKind = list('netlink address', 'whole', (text, context) => {
  const expanded = expandOrWarn(text, context);
  if (expanded === undefined) return '';
  const address = parseNetlinkAddress(expanded);
  return address === undefined ? undefined : listenLine(context, formatNetlinkAddress(address));
});

/** ListenFIFO= and other nodes. */
export const listenPath: AcceptedKind = list('absolute path', 'whole', (text, context) => {
  const path = readPath(text, 'absolute', context);
  if (path === undefined) return '';
  return listenLine(context, context.key === 'ListenFIFO' ? currentPath(path, context) : path);
});

export const bindToDevice: AcceptedKind = {
  what: 'network interface',
  list: false,
  read: (text) => (text === '' || text === '*' ? '' : isInterfaceName(text) ? text : undefined),
};

export const socketProtocol: AcceptedKind = scalar('word of udplite, sctp', 'wrong', (text) => {
  const name = text.toLowerCase();
  if (name === 'udplite' || name === 'sctp') return name;
  const number = parseInteger(name, 0, 255);
  return number === 136 ? 'udplite' : number === 132 ? 'sctp' : undefined;
});

export const bindIpv6Only: AcceptedKind = scalar('boolean or default, both, ipv6-only', 'wrong', (text) => {
  const truth = parseBoolean(text);
  if (truth !== undefined) return truth ? 'ipv6-only' : 'both';
  return ['default', 'both', 'ipv6-only'].includes(text) ? text : undefined;
});

const typesOfService = new Map([
  ['low-delay', 16],
  ['throughput', 8],
  ['reliability', 4],
  ['low-cost', 2],
]);

export const typeOfService: AcceptedKind = scalar('type of service', 'reset', (text) => {
  const number = typesOfService.get(text) ?? parseInteger(text, 0, 255);
  return number === undefined ? undefined : String(number);
});

export const timestamping: AcceptedKind = scalar('boolean or off, us, ns', 'wrong', (text) => {
  if (/^(?:ns|nsec)$/.test(text)) return 'ns';
  if (/^(?:us|usec|µs|μs)$/.test(text)) return 'us';
  if (text === 'off') return text;
  const truth = parseBoolean(text);
  return truth === undefined ? undefined : truth ? 'ns' : 'off';
});

export const descriptorName: AcceptedKind = scalar('name of a descriptor', 'reset', (text, context) => {
  const name = expandOrWarn(text, context);
  if (name === undefined) return '';
  return isDescriptorName(name) ? name : undefined;
});

/** Service= of a socket. */
export const serviceName: AcceptedKind = scalar('service', 'wrong', (text, context) => {
  const name = expandOrWarn(text, context, 'names');
  if (name === undefined) return '';
  return name.endsWith('.service') && !name.endsWith('@.service') ? parseUnitName(name) : undefined;
});

/** Unit= of a timer or a path: one, and not itself; the first stays. */
export const triggeredUnit: AcceptedKind = {
  what: 'unit',
  list: false,
  read(text, before, context) {
    if (before !== undefined && before !== '') {
      context.warn(`Second unit to start '${text}', after '${before}'; ignored`);
      return before;
    }
    const name = expandOrWarn(text, context, 'names');
    if (name === undefined) return before ?? '';
    const unit = parseUnitName(name);
    if (unit === context.unit) {
      context.warn(`Unit to start '${text}' is the ${unitType(unit)} itself; ignored`);
      return before ?? '';
    }
    return unit;
  },
};

/** OnActiveSec= and its like: `OnBootSec=5min`. An empty value of any of them empties all. */
export const elapse: AcceptedKind = keptAs(
  'Timers',
  list('time span', 'whole', (text, context) => {
    const expanded = expandOrWarn(text, context);
    if (expanded === undefined) return '';
    const span = parseDuration(expanded);
    return span === undefined ? undefined : `${context.key}=${formatDuration(span)}`;
  }),
);

/** What a path unit watches; `KEY=PATH`. */
export const watchedPath: AcceptedKind = keptAs(
  'Paths',
  list('absolute path', 'whole', (text, context) => {
    const path = readPath(text, 'absolute', context);
    return path === undefined ? '' : `${context.key}=${path}`;
  }),
);

/** OnCalendar= */
export function calendar(zones: Zones): AcceptedKind {
  return keptAs(
    'Timers',
    list('calendar expression', 'whole', (text, context) => {
      const expanded = expandOrWarn(text, context);
      if (expanded === undefined) return '';
      const parsed = parseCalendar(expanded, zones);
      return parsed.ok ? `${context.key}=${formatCalendar(parsed.spec)}` : undefined;
    }),
  );
}

/** Several settings are one list, each line of which says by which of them it came. */
function keptAs(name: string, kind: AcceptedKind): AcceptedKind {
  return { ...kind, keptAs: name };
}
