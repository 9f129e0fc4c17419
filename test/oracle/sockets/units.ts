/** Random socket units, each with a service that tells what it sees of its descriptors (test/puppet/descriptors.c). */
import fc from 'fast-check';

export interface RandomSocket {
  /** Lines of [Socket], without Accept=. */
  readonly lines: readonly string[];
  readonly accept: boolean;
  /** Where a connection goes, as `talk` takes it; undefined: nowhere that it could. */
  readonly address: string | undefined;
}

/** What a line may be (not ListenSpecial=: what can be polled there is always ready, and FlushPending= has systemd read it without end), and where `talk` reaches it. `n`: the unit's number, for addresses that are its own. */
const listens: readonly ((n: number) => readonly [line: string, address?: string])[] = [
  (n) => [`ListenStream=/run/s${n}/stream`, `/run/s${n}/stream`],
  (n) => [`ListenStream=/run/s${n}/deep/er/stream`, `/run/s${n}/deep/er/stream`],
  (n) => [`ListenStream=@s${n}`, `@s${n}`],
  (n) => [`ListenStream=${20000 + n}`, `127.0.0.1:${20000 + n}`],
  (n) => [`ListenStream=127.0.0.1:${21000 + n}`, `127.0.0.1:${21000 + n}`],
  (n) => [`ListenStream=[::1]:${22000 + n}`],
  (n) => [`ListenStream=[::]:${23000 + n}`],
  (n) => [`ListenStream=vsock::${24000 + n}`],
  (n) => [`ListenSequentialPacket=/run/s${n}/packets`],
  (n) => [`ListenDatagram=/run/s${n}/datagrams`],
  (n) => [`ListenDatagram=127.0.0.1:${25000 + n}`],
  (n) => [`ListenDatagram=[::1]:${26000 + n}`],
  (n) => [`ListenFIFO=/run/s${n}/fifo`],
  (n) => [`ListenMessageQueue=/s${n}`],
  () => ['ListenNetlink=route 1'],
];

const options: Readonly<Record<string, readonly string[]>> = {
  Backlog: ['1', '7', '100'],
  BindIPv6Only: ['both', 'ipv6-only', 'default'],
  BindToDevice: ['lo'],
  ReusePort: ['yes'],
  FreeBind: ['yes'],
  Transparent: ['yes'],
  KeepAlive: ['yes', 'no'],
  KeepAliveTimeSec: ['10', '1min 30s', '0'],
  KeepAliveIntervalSec: ['5', '1500ms'],
  KeepAliveProbes: ['3', '0'],
  DeferAcceptSec: ['3'],
  NoDelay: ['yes'],
  Broadcast: ['yes'],
  Priority: ['0', '3', '6'],
  ReceiveBuffer: ['8K', '64K', '8M'],
  SendBuffer: ['8K', '64K', '8M'],
  PipeSize: ['4096', '8K', '100K'],
  IPTOS: ['low-delay', 'throughput', '0x10', '12'],
  IPTTL: ['1', '9', '200'],
  Mark: ['5'],
  TCPCongestion: ['reno', 'cubic', 'nowhere'],
  MessageQueueMaxMessages: ['5'],
  MessageQueueMessageSize: ['100', '1K'],
  SocketMode: ['0600', '0660', '0777'],
  DirectoryMode: ['0700', '0711'],
  SocketUser: ['nobody', 'daemon', '7'],
  SocketGroup: ['daemon', 'mail'],
  PassCredentials: ['yes'],
  PassSecurity: ['yes'],
  PassPacketInfo: ['yes'],
  Timestamping: ['us', 'ns', 'off', 'yes'],
  RemoveOnStop: ['yes'],
  Symlinks: ['/run/links/%N', '/run/links/%N /run/links/deeper/%N'],
  FlushPending: ['yes'],
  FileDescriptorName: ['name', 'na.me-1'],
  ExecStartPre: ['/t/note %N before', '-/bin/false'],
  ExecStartPost: ['/t/note %N after', '/bin/sh -c "test -e /run/%N && /t/note %N sees it; true"'],
  ExecStopPre: ['/t/note %N stops'],
  ExecStopPost: ['/t/note %N stopped', '/bin/false'],
};

const someOptions = fc
  .uniqueArray(fc.constantFrom(...Object.keys(options)), { minLength: 0, maxLength: 12 })
  .chain((keys) =>
    fc.tuple(...keys.map((key) => fc.constantFrom(...(options[key] ?? [])).map((value) => `${key}=${value}`))),
  );

/** Unit number n. */
export function anySocket(n: number): fc.Arbitrary<RandomSocket> {
  return fc
    .record({
      listens: fc.uniqueArray(fc.constantFrom(...listens), { minLength: 1, maxLength: 3 }),
      options: someOptions,
      accept: fc.boolean(),
    })
    .map(({ listens, options, accept }) => {
      const made = listens.map((each) => each(n));
      // Of what cannot be accepted from, systemd refuses the unit: seldom worth a unit.
      const accepts = accept && made.every(([line]) => /^Listen(?:Stream|Seq)/.test(line));
      return {
        lines: [...made.map(([line]) => line), ...options],
        accept: accepts,
        address: made.find(([, address]) => address !== undefined)?.[1],
      };
    });
}

/** The files of unit number n. */
export function filesOf(n: number, { lines, accept }: RandomSocket): Readonly<Record<string, string>> {
  return {
    [`s${n}.socket`]: ['[Socket]', ...lines, ...(accept ? ['Accept=yes'] : []), ''].join('\n'),
    [`s${n}${accept ? '@' : ''}.service`]: `[Service]\nType=oneshot\nStandardOutput=null\nExecStart=/t/descriptors /run/seen-s${n}\n`,
  };
}

/** What is done with unit number n, and looked at. */
export function commandOf(n: number, { accept, address }: RandomSocket): string {
  const nodes = `find /run/s${n} /run/links -ls 2>/dev/null | awk '{print $3, $5, $6, $11, $12, $13}' | grep -e 's${n}/' -e 's${n}$' -e 's${n} ' | sort`;
  return [
    `echo == s${n}; systemctl start s${n}.socket; echo status $?`,
    `show s${n}.socket LoadState SubState Result`,
    nodes,
    ...(accept
      ? address === undefined
        ? []
        : [`systemctl is-active -q s${n}.socket && talk ${address} hello; test $? = 3 || await /run/seen-s${n} end`]
      : [`systemctl start s${n}.service`]),
    `cat /run/seen-s${n} 2>/dev/null; rm -f /run/seen-s${n}`,
    `systemctl stop s${n}.socket; show s${n}.socket SubState Result NAccepted NRefused`,
    nodes,
    `grep "^s${n} " /run/order.log`,
  ].join('\n');
}
