/** What SystemCallFilter= and its like name. Source: systemd's src/shared/seccomp-util.c. */
import { formatErrno, parseErrno } from './errno.ts';

/** `read`, `@mount`, `uname:EILSEQ`, `@reboot:kill`. */
export interface SystemCallRule {
  /** With the @ of a group. Whether the kernel has a system call of that name is not asked. */
  readonly name: string;
  /** undefined: what SystemCallErrorNumber= says. */
  readonly answer: number | 'kill' | undefined;
}

const groups =
  'default aio basic-io chown clock cpu-emulation debug file-system io-event ipc keyring memlock module mount network-io obsolete pkey privileged process raw-io reboot resources setuid signal swap sync system-service timer known';

/** What SystemCallArchitectures= takes. */
export const architectures =
  'native x86 x86-64 x32 arm arm64 mips mips64 mips64-n32 mips-le mips64-le mips64-le-n32 parisc parisc64 ppc ppc64 ppc64-le riscv64 s390 s390x';

export function parseSystemCallRule(word: string): SystemCallRule | undefined {
  const colon = word.indexOf(':');
  const name = colon < 0 ? word : word.slice(0, colon);
  const isKnown = name.startsWith('@') ? groups.split(' ').includes(name.slice(1)) : /^[a-z_][a-z0-9_]*$/.test(name);
  if (!isKnown) return undefined;
  if (colon < 0) return { name, answer: undefined };
  const answer = parseAnswer(word.slice(colon + 1));
  return answer === undefined ? undefined : { name, answer };
}

export function formatSystemCallRule({ name, answer }: SystemCallRule): string {
  return answer === undefined ? name : `${name}:${formatAnswer(answer)}`;
}

/** `EPERM`, `255`, `kill`: also of SystemCallErrorNumber=. */
export function parseAnswer(text: string): number | 'kill' | undefined {
  return text === 'kill' ? text : parseErrno(text);
}

export function formatAnswer(answer: number | 'kill'): string {
  return answer === 'kill' ? answer : formatErrno(answer);
}

/** socket(2): what RestrictAddressFamilies= names, without AF_. */
const families =
  'UNIX LOCAL FILE INET AX25 IPX APPLETALK NETROM BRIDGE ATMPVC X25 INET6 ROSE DECnet NETBEUI SECURITY KEY NETLINK ROUTE PACKET ASH ECONET ATMSVC RDS SNA IRDA PPPOX WANPIPE LLC IB MPLS CAN TIPC BLUETOOTH IUCV RXRPC ISDN PHONET IEEE802154 CAIF ALG NFC VSOCK KCM QIPCRTR SMC XDP MCTP';

/** `AF_INET6` */
export function isAddressFamily(word: string): boolean {
  return word.startsWith('AF_') && families.split(' ').includes(word.slice(3));
}
