/**
 * From the settings of a socket to what the kernel is to be asked for: the frame openSocket of one line Listen…=. Source:
 * socket_address_listen() and socket_apply_socket_options() of systemd.
 */
import type { Unit } from '../../units/model.ts';
import { type Listen, socketMode, socketNumber, socketSize } from '../../units/socket-settings.ts';
import { formatIpAddress } from '../../units/values/address.ts';
import { parseDuration } from '../../units/values/duration.ts';
import { parseNetlinkAddress, parseSocketAddress, type SocketAddress } from '../../units/values/socket-address.ts';
import { type FrameFields, socketKinds } from '../../wire/schema.ts';

/** Numbers of the kernel, the same on amd64 and arm64. */
const families = { unix: 1, four: 2, six: 10, netlink: 16, vsock: 40 } as const;
const types = { Stream: 1, Datagram: 2, Raw: 3, SequentialPacket: 5 } as const;
const protocols = { sctp: 132, udplite: 136 } as const;
const levels = { socket: 1, ip: 0, tcp: 6, six: 41, netlink: 270, sctp: 132 } as const;

const before = 0;
const after = 1;
/** Only of a socket of that family: which one it is of a port alone the kernel says. */
const afterOfFour = 2;
const afterOfSix = 3;

/** Who owns the node: ids, undefined where they stay as they are. */
export interface Owner {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

type Fields = FrameFields<'openSocket'>;
/** Name for messages, level, option, value, when. */
type Option = readonly [name: string, level: number, option: number, value: number, when: 0 | 1 | 2 | 3];

/** undefined: it is of a kind that a container has not. */
export function openFields(unit: Unit, listen: Listen, number: number, owner: Owner): Fields | undefined {
  const where = addressFields(unit, listen);
  if (where === undefined) return undefined;
  const { accepted } = unit;
  const options = where.kind === socketKinds.socket ? optionsOf(accepted, where) : [];
  return {
    unit: unit.name,
    number,
    ...where,
    backlog: socketNumber(accepted, 'Backlog', 2 ** 31 - 1),
    mode: socketMode(accepted, 'SocketMode', 0o666),
    directoryMode: socketMode(accepted, 'DirectoryMode', 0o755),
    uidPlus1: owner.uid === undefined ? undefined : owner.uid + 1,
    gidPlus1: owner.gid === undefined ? undefined : owner.gid + 1,
    options: options.flatMap(([, level, option, value, when]) => [level, option, value, when]),
    optionNames: options.map(([name]) => name),
    device: accepted.get('BindToDevice'),
    congestion: accepted.get('TCPCongestion'),
    receiveBuffer: socketSize(accepted, 'ReceiveBuffer'),
    sendBuffer: socketSize(accepted, 'SendBuffer'),
    pipeSize: socketSize(accepted, 'PipeSize'),
    maxMessages: socketNumber(accepted, 'MessageQueueMaxMessages', 0),
    messageSize: socketNumber(accepted, 'MessageQueueMessageSize', 0),
    writable: accepted.get('Writable') === 'yes' ? 1 : 0,
  };
}

type Where = Fields & { readonly kind: number };

function addressFields({ accepted }: Unit, { kind, address }: Listen): Where | undefined {
  switch (kind) {
    case 'FIFO':
      return { kind: socketKinds.fifo, address };
    case 'Special':
      return { kind: socketKinds.special, address };
    case 'MessageQueue':
      return { kind: socketKinds.queue, address };
    case 'Netlink': {
      const parsed = parseNetlinkAddress(address);
      if (parsed === undefined) return undefined;
      const { family, group } = parsed;
      return { kind: socketKinds.socket, family: families.netlink, type: types.Raw, protocol: family, port: group };
    }
    case 'USBFunction':
      return undefined;
    case 'Stream':
    case 'Datagram':
    case 'SequentialPacket': {
      const parsed = parseSocketAddress(address);
      if (parsed === undefined) return undefined;
      const protocol = protocols[accepted.get('SocketProtocol') as keyof typeof protocols] as number | undefined;
      return { ...namedAddress(parsed), kind: socketKinds.socket, type: types[kind], protocol };
    }
  }
}

function namedAddress(address: SocketAddress): Fields {
  switch (address.kind) {
    case 'unix':
      return { family: families.unix, address: address.path };
    case 'vsock':
      return { family: families.vsock, port: address.port, cid: address.cid ?? 0xffff_ffff };
    case 'ip': {
      const { port, device } = address;
      if (address.address === undefined) return { port };
      const family = address.address.family === 4 ? families.four : families.six;
      return { family, address: formatIpAddress(address.address), port, scope: device };
    }
  }
}

function optionsOf(accepted: Unit['accepted'], where: Where): readonly Option[] {
  const options: Option[] = [];
  const isOn = (key: string): boolean => accepted.get(key) === 'yes';
  const number = (key: string): number | undefined => {
    const text = accepted.get(key);
    return text === undefined || text === '' ? undefined : Number(text);
  };
  const put = (
    value: number | undefined,
    ...[name, level, option, when]: [string, number, number, 0 | 1 | 2 | 3]
  ): void => {
    if (value !== undefined) options.push([name, level, option, value, when]);
  };
  const spanInSeconds = (key: string): number | undefined => {
    const span = parseDuration(accepted.get(key) ?? '') ?? 0;
    return span === 0 ? undefined : Math.floor(span / 1_000_000);
  };
  const on = (key: string): 1 | undefined => (isOn(key) ? 1 : undefined);
  const { family } = where;
  const isIp = family === undefined || family === families.four || family === families.six;
  const only = accepted.get('BindIPv6Only') ?? 'default';
  if (isIp) {
    if (family !== families.four && only !== 'default')
      put(only === 'ipv6-only' ? 1 : 0, 'IPV6_V6ONLY', levels.six, 26, before);
    put(on('ReusePort'), 'SO_REUSEPORT', levels.socket, 15, before);
    put(on('FreeBind'), 'IP_FREEBIND', levels.ip, 15, before);
    put(on('Transparent'), 'IP_TRANSPARENT', levels.ip, 19, before);
  }
  put(on('KeepAlive'), 'SO_KEEPALIVE', levels.socket, 9, after);
  put(spanInSeconds('KeepAliveTimeSec'), 'TCP_KEEPIDLE', levels.tcp, 4, after);
  put(spanInSeconds('KeepAliveIntervalSec'), 'TCP_KEEPINTVL', levels.tcp, 5, after);
  put(number('KeepAliveProbes') === 0 ? undefined : number('KeepAliveProbes'), 'TCP_KEEPCNT', levels.tcp, 6, after);
  put(spanInSeconds('DeferAcceptSec'), 'TCP_DEFER_ACCEPT', levels.tcp, 9, after);
  if (accepted.get('SocketProtocol') === 'sctp') put(on('NoDelay'), 'SCTP_NODELAY', levels.sctp, 3, after);
  else put(on('NoDelay'), 'TCP_NODELAY', levels.tcp, 1, after);
  put(on('Broadcast'), 'SO_BROADCAST', levels.socket, 6, after);
  put(on('PassCredentials'), 'SO_PASSCRED', levels.socket, 16, after);
  put(on('PassSecurity'), 'SO_PASSSEC', levels.socket, 34, after);
  if (isOn('PassPacketInfo')) {
    if (family === families.netlink) put(1, 'NETLINK_PKTINFO', levels.netlink, 3, after);
    if (isIp) put(1, 'IP_PKTINFO', levels.ip, 8, afterOfFour);
    if (isIp) put(1, 'IPV6_RECVPKTINFO', levels.six, 49, afterOfSix);
  }
  const stamps = accepted.get('Timestamping');
  if (stamps === 'us') put(1, 'SO_TIMESTAMP', levels.socket, 29, after);
  else if (stamps === 'ns') put(1, 'SO_TIMESTAMPNS', levels.socket, 35, after);
  put(number('Priority'), 'SO_PRIORITY', levels.socket, 12, after);
  put(number('Mark'), 'SO_MARK', levels.socket, 36, after);
  put(number('IPTOS'), 'IP_TOS', levels.ip, 1, after);
  const hops = number('IPTTL');
  if (isIp) put(hops, 'IP_TTL', levels.ip, 2, afterOfFour);
  if (isIp) put(hops, 'IPV6_UNICAST_HOPS', levels.six, 16, afterOfSix);
  return options;
}
