/**
 * What becomes of each system call by the settings of a unit. systemd installs a filter a setting and architecture, and the
 * kernel takes the sternest answer; here the answers are brought together first, so that a command has one filter.
 * Sources: systemd's src/shared/seccomp-util.c and exec_child() of src/core/execute.c.
 */
import { type Architecture, expandName, numbersOf } from '../../units/system-calls/calls.ts';
import { type CallRules, readCallFilter, readCallRules } from '../../units/system-calls/rules.ts';
import { parseAnswer } from '../../units/values/system-call.ts';
import { namespaceNames } from '../../units/values/word-list.ts';
import { actions, type Condition, type Fate, type Rule } from './bpf.ts';

/** As the unit has written it, key to text: Unit.accepted. */
export type Settings = ReadonlyMap<string, string>;

export interface Fates {
  readonly fates: ReadonlyMap<number, Fate>;
  readonly rest: Fate;
}

const eperm = actions.errno(1);
const enosys = actions.errno(38);
const eafnosupport = actions.errno(97);

/** `personality`: of pidone itself, what LockPersonality= keeps. */
export function fatesOf(settings: Settings, architecture: Architecture, personality: number): Fates {
  const policy = new Policy(architecture);
  const isOn = (key: string): boolean => settings.get(key) === 'yes';
  // In systemd's order: of two errors that are as stern, the later one is given.
  if (isOn('ProtectHostname')) policy.forbid(['sethostname', 'setdomainname'], eperm);
  const families = settings.get('RestrictAddressFamilies');
  // i386 has socketcall(2) beside it, which cannot be looked into: systemd leaves it alone.
  if (families !== undefined && architecture !== 'i386') restrictFamilies(policy, families);
  if (isOn('MemoryDenyWriteExecute')) denyWriteExecute(policy, architecture);
  if (isOn('RestrictRealtime')) restrictRealtime(policy);
  if (isOn('RestrictSUIDSGID')) restrictModes(policy);
  const namespaces = settings.get('RestrictNamespaces');
  if (namespaces !== undefined && namespaces !== 'no') restrictNamespaces(policy, namespaces);
  if (isOn('ProtectKernelTunables')) policy.forbid(['_sysctl'], eperm);
  if (isOn('ProtectKernelModules')) policy.forbid(expandName('@module'), eperm);
  if (isOn('ProtectKernelLogs')) policy.forbid(['syslog'], eperm);
  if (isOn('ProtectClock')) policy.forbid(expandName('@clock'), eperm);
  if (isOn('PrivateDevices')) policy.forbid(expandName('@raw-io'), eperm);
  if (isOn('LockPersonality')) policy.add('personality', eperm, [{ argument: 0, is: 'other', value: personality }]);
  const logged = settings.get('SystemCallLog');
  if (logged !== undefined) {
    const rules = readCallRules(logged, []);
    const other = rules.allowList ? actions.allow : actions.log;
    policy.list((name) => (rules.calls.has(name) === rules.allowList ? actions.log : actions.allow), other);
  }
  const filter = settings.get('SystemCallFilter');
  if (filter !== undefined)
    applyFilter(policy, readCallFilter(filter), settings.get('SystemCallErrorNumber') ?? 'kill');
  return policy.fates();
}

function applyFilter(policy: Policy, { allowList, calls }: CallRules, answer: string): void {
  const actionOf = (own: number | 'kill' | undefined): number =>
    own === 'kill' || own === undefined ? actions.killProcess : actions.errno(own);
  const negative = actionOf(parseAnswer(answer));
  policy.list(
    (name) => {
      const own = calls.get(name);
      if (own !== undefined) return actionOf(own);
      return calls.has(name) === allowList ? actions.allow : negative;
    },
    // What is younger than this table is not there, so that a program takes what it had before (systemd 254 and later).
    allowList ? enosys : actions.allow,
  );
}

/** By number, as socket(2) has them; `-` has no name. */
const familyNames =
  '- UNIX INET AX25 IPX APPLETALK NETROM BRIDGE ATMPVC X25 INET6 ROSE DECnet NETBEUI SECURITY KEY NETLINK PACKET ASH ECONET ATMSVC RDS SNA IRDA PPPOX WANPIPE LLC IB MPLS CAN TIPC BLUETOOTH IUCV RXRPC ISDN PHONET IEEE802154 CAIF ALG NFC VSOCK KCM QIPCRTR SMC XDP MCTP';
const familyAliases: Readonly<Record<string, string>> = { LOCAL: 'UNIX', FILE: 'UNIX', ROUTE: 'NETLINK' };

/** RestrictAddressFamilies= as a list: the families that are allowed, or those that are not. */
function readFamilies(text: string): { readonly allowList: boolean; readonly families: ReadonlySet<number> } {
  const allowList = !text.startsWith('~');
  const families = new Set<number>();
  const names = familyNames.split(' ');
  for (const word of text.split(' ')) {
    const inverted = word.startsWith('~');
    const name = word.slice(inverted ? 4 : 3);
    const number = names.indexOf(familyAliases[name] ?? name);
    if (number <= 0) continue;
    if (inverted !== allowList) families.add(number);
    else families.delete(number);
  }
  return { allowList, families };
}

function restrictFamilies(policy: Policy, text: string): void {
  const { allowList, families } = readFamilies(text);
  const forbid = (is: Condition['is'], value: number): void => {
    policy.add('socket', eafnosupport, [{ argument: 0, is, value }]);
  };
  if (!allowList) {
    for (const family of families) forbid('equal', family);
    return;
  }
  if (families.size === 0) {
    policy.add('socket', eafnosupport, []);
    return;
  }
  const first = Math.min(...families);
  const last = Math.max(...families);
  forbid('below', first);
  forbid('above', last);
  for (let family = first; family < last; family++) if (!families.has(family)) forbid('equal', family);
}

const protWrite = 2;
const protExec = 4;
const shmExec = 0o100000;

function denyWriteExecute(policy: Policy, architecture: Architecture): void {
  const has32 = architecture === 'i386' || architecture === 'arm';
  const both: Condition = { argument: 2, is: 'mask', value: protExec | protWrite };
  const exec: Condition = { argument: 2, is: 'mask', value: protExec };
  policy.add(has32 ? 'mmap2' : 'mmap', eperm, [both]);
  // Its arguments are in memory.
  if (architecture === 'i386') policy.add('mmap', eperm, []);
  policy.add('mprotect', eperm, [exec]);
  policy.add('pkey_mprotect', eperm, [exec]);
  if (architecture !== 'i386') policy.add('shmat', eperm, [{ argument: 2, is: 'mask', value: shmExec }]);
}

/** SCHED_OTHER 0, SCHED_BATCH 3 and SCHED_IDLE 5 stay. */
function restrictRealtime(policy: Policy): void {
  for (const value of [1, 2, 4]) policy.add('sched_setscheduler', eperm, [{ argument: 1, is: 'equal', value }]);
  policy.add('sched_setscheduler', eperm, [{ argument: 1, is: 'above', value: 5 }]);
}

/** Which argument is the mode; with O_CREAT 0100 where the call may create. */
const modeArguments = 'chmod:1 fchmod:1 fchmodat:2 fchmodat2:2 mkdir:1 mkdirat:2 mknod:1 mknodat:2 creat:1';

function restrictModes(policy: Policy): void {
  for (const value of [0o4000, 0o2000]) {
    for (const word of modeArguments.split(' ')) {
      const [name = '', argument] = word.split(':');
      policy.add(name, eperm, [{ argument: Number(argument), is: 'mask', value }]);
    }
    for (const [name, at] of [
      ['open', 1],
      ['openat', 2],
    ] as const)
      policy.add(name, eperm, [
        { argument: at, is: 'mask', value: 0o100 },
        { argument: at + 1, is: 'mask', value },
      ]);
  }
  // Its mode is in memory; without it, programs take openat(2).
  policy.add('openat2', enosys, []);
}

/** CLONE_NEW…, in the order of the names. */
const namespaceFlags = [0x02000000, 0x08000000, 0x40000000, 0x00020000, 0x20000000, 0x10000000, 0x04000000, 0x00000080];

/** `text`: yes for all, or the ones that stay allowed. */
function restrictNamespaces(policy: Policy, text: string): void {
  const allowed = text === 'yes' ? [] : text.split(' ');
  // Its flags are in memory; without it, programs take clone(2).
  policy.add('clone3', enosys, []);
  if (allowed.length === 0) policy.add('setns', eperm, []);
  else policy.add('setns', eperm, [{ argument: 1, is: 'equal', value: 0 }]);
  for (const [at, name] of namespaceNames.split(' ').entries()) {
    if (allowed.includes(name)) continue;
    const value = namespaceFlags[at] ?? 0;
    policy.add('unshare', eperm, [{ argument: 0, is: 'mask', value }]);
    policy.add('clone', eperm, [{ argument: 0, is: 'mask', value }]);
    if (allowed.length > 0) policy.add('setns', eperm, [{ argument: 1, is: 'mask', value }]);
  }
}

/** What i386 has in one call, whose first argument says which: by number, `-` for none. */
const multiplexed = {
  socketcall:
    '- socket bind connect listen accept getsockname getpeername socketpair send recv sendto recvfrom shutdown setsockopt getsockopt sendmsg recvmsg accept4 recvmmsg sendmmsg',
  ipc: '- semop semget semctl semtimedop - - - - - - msgsnd msgrcv msgget msgctl - - - - - - shmat shmdt shmget shmctl',
} as const;

/** Gathers restrictions; what nobody restricts is allowed. */
class Policy {
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #isI386: boolean;
  readonly #rules = new Map<number, Rule[]>();
  readonly #actions = new Map<number, number>();
  #rest: number = actions.allow;

  constructor(architecture: Architecture) {
    this.#numbers = numbersOf(architecture);
    this.#isI386 = architecture === 'i386';
  }

  add(name: string, action: number, conditions: readonly Condition[]): void {
    const number = this.#numbers.get(name);
    if (number === undefined || action === actions.allow) return;
    if (conditions.length === 0) this.#actions.set(number, sterner(action, this.#actions.get(number)));
    else this.#rules.set(number, [{ conditions, action }, ...(this.#rules.get(number) ?? [])]);
  }

  forbid(names: readonly string[], action: number): void {
    for (const name of names) this.#addCall(name, action);
  }

  /** An action for every call, and one for numbers that no call has. */
  list(actionOf: (name: string) => number, other: number): void {
    for (const name of this.#numbers.keys()) {
      // What is named by itself holds for all that is in it.
      const parts = this.#isI386 ? partsOf(name) : undefined;
      const action = actionOf(name);
      if (parts === undefined || action === actionOf('')) this.#listParts(name, parts, actionOf, action);
      else this.add(name, action, []);
    }
    this.#rest = sterner(other, this.#rest);
  }

  #listParts(
    name: string,
    parts: readonly string[] | undefined,
    actionOf: (name: string) => number,
    action: number,
  ): void {
    if (parts === undefined) {
      this.add(name, action, []);
      return;
    }
    for (const [value, part] of parts.entries())
      this.add(name, part === '-' ? action : actionOf(part), [{ argument: 0, is: 'equal', value }]);
    this.add(name, action, [{ argument: 0, is: 'above', value: parts.length - 1 }]);
  }

  #addCall(name: string, action: number): void {
    this.add(name, action, []);
    if (!this.#isI386) return;
    for (const call of ['socketcall', 'ipc'] as const) {
      const value = multiplexed[call].split(' ').indexOf(name);
      if (value > 0) this.add(call, action, [{ argument: 0, is: 'equal', value }]);
    }
  }

  fates(): Fates {
    const fates = new Map<number, Fate>();
    for (const number of this.#numbers.values()) {
      const action = this.#actions.get(number) ?? actions.allow;
      const rules = (this.#rules.get(number) ?? [])
        .filter((rule) => sternness(rule.action) < sternness(action))
        .sort((a, b) => sternness(a.action) - sternness(b.action));
      fates.set(number, { rules, action });
    }
    return { fates, rest: { rules: [], action: this.#rest } };
  }
}

function partsOf(name: string): readonly string[] | undefined {
  return name === 'socketcall' || name === 'ipc' ? multiplexed[name].split(' ') : undefined;
}

/** The lower, the sterner: what the kernel compares. */
function sternness(action: number): number {
  return (action & 0xffff0000) | 0;
}

/** Of two that are as stern, the later one. */
function sterner(later: number, earlier: number | undefined): number {
  return earlier === undefined || sternness(later) <= sternness(earlier) ? later : earlier;
}
