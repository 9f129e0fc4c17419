/** What a socket listens on. Source: socket_address_parse() in systemd's src/shared/socket-netlink.c. */
import { formatIpAddress, type IpAddress, parseIpAddress } from './address.ts';
import { isInterfaceName } from './identifier.ts';
import { parseInteger } from './integer.ts';
import { formatWordOrNumber, parseWordOrNumber } from './word-list.ts';

export type SocketAddress =
  /** A path, or `@name` in the abstract namespace. */
  | { readonly kind: 'unix'; readonly path: string }
  /** `address` undefined: every address of both families. */
  | {
      readonly kind: 'ip';
      readonly address: IpAddress | undefined;
      readonly port: number;
      /** For `fe80::1%eth0`. */
      readonly device: string | undefined;
    }
  /** `cid` undefined: any. */
  | { readonly kind: 'vsock'; readonly cid: number | undefined; readonly port: number };

const most32 = 2 ** 32 - 1;

function parsePort(text: string): number | undefined {
  return parseInteger(text, 1, 65535);
}

/** `80`, `127.0.0.1:80`, `[::1]:80`, `/run/a`, `@a`, `vsock:2:80`; undefined for none. */
export function parseSocketAddress(text: string): SocketAddress | undefined {
  if (text.startsWith('/') || text.startsWith('@')) {
    // What the kernel's address has room for, in bytes.
    return text.length >= 2 && text.length <= 107 ? { kind: 'unix', path: text } : undefined;
  }
  const vsock = /^vsock:([^:]*):(.*)$/s.exec(text);
  if (vsock !== null) {
    const [, name = '', number = ''] = vsock;
    const cid = name === '' ? undefined : parseInteger(name, 0, most32);
    const port = parseInteger(number, 0, most32);
    if (port === undefined || (name !== '' && cid === undefined)) return undefined;
    return { kind: 'vsock', cid, port };
  }
  const alone = parsePort(text);
  if (alone !== undefined) return { kind: 'ip', address: undefined, port: alone, device: undefined };
  const [, before = '', number = '', , device] = /^(.*):([^:%]*)(%(.+))?$/s.exec(text) ?? [];
  const port = parsePort(number);
  const isSix = before.startsWith('[') && before.endsWith(']');
  const address = parseIpAddress(isSix ? before.slice(1, -1) : before);
  if (port === undefined || address === undefined || isSix !== (address.family === 6)) return undefined;
  if (device !== undefined && !isInterfaceName(device) && parseInteger(device, 1, 2 ** 31 - 1) === undefined) {
    return undefined;
  }
  return { kind: 'ip', address, port, device };
}

/** As `systemctl show` tells it in Listen=. */
export function formatSocketAddress(socket: SocketAddress): string {
  switch (socket.kind) {
    case 'unix':
      return socket.path;
    case 'vsock':
      return `vsock:${socket.cid ?? ''}:${socket.port}`;
    case 'ip': {
      const { address, port, device } = socket;
      if (address === undefined) return String(port);
      const host = formatIpAddress(address);
      return `${address.family === 6 ? `[${host}]` : host}:${port}${device === undefined ? '' : `%${device}`}`;
    }
  }
}

/** Of netlink(7), by number; systemd names no 1 (unused), 8 (open), 17. */
const netlinkFamilies =
  'route - - firewall inet-diag nflog xfrm selinux iscsi audit fib-lookup connector netfilter ip6-fw dnrtmsg kobject-uevent generic - scsitransport ecryptfs rdma';

export interface NetlinkAddress {
  readonly family: number;
  readonly group: number;
}

/** `kobject-uevent 1` */
export function parseNetlinkAddress(text: string): NetlinkAddress | undefined {
  const [, name = '', rest = ''] = /^(\S+)(?:\s+(.*))?$/s.exec(text) ?? [];
  const family = parseWordOrNumber(name, netlinkFamilies, 2 ** 31 - 1);
  const group = rest === '' ? 0 : parseInteger(rest, 0, most32);
  return family === undefined || group === undefined ? undefined : { family, group };
}

export function formatNetlinkAddress({ family, group }: NetlinkAddress): string {
  return `${formatWordOrNumber(family, netlinkFamilies)} ${group}`;
}

/** SocketBindAllow=: `ipv4:tcp:80-90`; what is left out is any. Source: parse_socket_bind_item(). */
export interface SocketBind {
  readonly family: 'ipv4' | 'ipv6' | undefined;
  readonly protocol: 'tcp' | 'udp' | undefined;
  /** undefined: every port */
  readonly ports: readonly [first: number, last: number] | undefined;
}

export function parseSocketBind(text: string): SocketBind | undefined {
  const match = /^(ipv4|ipv6)?(?:(?:^|:)(tcp|udp))?(?:(?:^|:)([^:]+))?$/.exec(text);
  if (text === '' || text.startsWith(':') || match === null) return undefined;
  const [, family, protocol, range] = match;
  const ports = range === undefined || range === 'any' ? undefined : parsePortRange(range);
  if (range !== undefined && range !== 'any' && ports === undefined) return undefined;
  return { family: family as SocketBind['family'], protocol: protocol as SocketBind['protocol'], ports };
}

export function formatSocketBind({ family, protocol, ports }: SocketBind): string {
  const words = [family, protocol].filter((word) => word !== undefined);
  if (ports === undefined) return [...words, 'any'].join(':');
  return [...words, ports[0] === ports[1] ? String(ports[0]) : ports.join('-')].join(':');
}

function parsePortRange(text: string): readonly [number, number] | undefined {
  const dash = text.indexOf('-');
  const first = parsePort(dash < 0 ? text : text.slice(0, dash));
  const last = dash < 0 ? first : parsePort(text.slice(dash + 1));
  return first === undefined || last === undefined || first > last ? undefined : [first, last];
}
