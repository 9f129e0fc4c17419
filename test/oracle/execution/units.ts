/** Random services that print what they were given (test/puppet/witness.c), by execution directives of all kinds. */
import type { Random } from '../../fuzz/random.ts';

/** Which values: any, or such as a container with docker's capabilities can honour. */
export type Means = 'privileged' | 'docker';

export interface RandomUnit {
  readonly name: string;
  readonly lines: readonly string[];
}

/** Where the machine has a small root directory with the witness in it. */
export const SMALL_ROOT = '/srv/root';

/** Files that EnvironmentFile= and LoadCredential= of the units name. */
export const files: Readonly<Record<string, string>> = {
  'one.env':
    'FILE=one\nSHARED="from one"\n# no\n  PADDED =  x y \nQUOTED=\'a "b"\'\nCONTINUED=a\\\nb\n; no\nexport X=1\nEMPTY=\n',
  'two.env': "SHARED=two\nDOLLAR=$FILE\nESCAPED=a\\ b\\$c\nMULTI='line one\nline two'\n1BAD=x\nUSER=file\n",
  'empty.env': '',
  secret: 'top secret\n',
};

export function randomUnit(name: string, random: Random, means: Means): RandomUnit {
  const lines: string[] = [];
  const isDocker = means === 'docker';
  for (const [odds, directive] of directives) if (random.oneIn(odds)) lines.push(...directive(random, isDocker));
  // systemd fails the second command of a dynamic user that is a number.
  if (lines.includes('DynamicUser=yes'))
    for (const [index, line] of lines.entries()) if (/^User=\d+$/.test(line)) lines[index] = 'User=dynamic';
  // systemd hides them from a command with `+` in a mount namespace.
  const hides = lines.some((line) => /Credential=/.test(line)) && lines.some((line) => /^(?:Dyn|RootD)/.test(line));
  const output = [`StandardOutput=append:/run/out/${name}`];
  return {
    name,
    lines: ['[Service]', 'Type=oneshot', ...output, ...shuffled(lines, random), ...commands(random, hides)],
  };
}

type Directive = (random: Random, isDocker: boolean) => readonly string[];

const users = ['daemon', 'nobody', '1', 'games', 'root', 'www-data', '0', '12345'];
const groups = ['audio', '29', 'nogroup', 'root', 'video', 'daemon', '54321'];
const capabilities = [
  'CAP_CHOWN',
  'CAP_KILL',
  'CAP_NET_BIND_SERVICE',
  'CAP_SETUID',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_NET_RAW',
  'CAP_AUDIT_WRITE',
  'CAP_DAC_OVERRIDE',
];
const rareCapabilities = ['CAP_SYS_ADMIN', 'CAP_SYS_NICE', 'CAP_SYS_TIME', 'CAP_MAC_ADMIN'];
const secureBits = 'keep-caps keep-caps-locked no-setuid-fixup no-setuid-fixup-locked noroot noroot-locked'.split(' ');

/** Each once in so many units. */
const directives: readonly (readonly [odds: number, directive: Directive])[] = [
  [2, (random) => [`User=${random.pick(users)}`]],
  [4, (random) => [`Group=${random.pick(groups)}`]],
  [4, (random) => several(random, 3, () => `SupplementaryGroups=${words(random, groups, 3)}`)],
  [12, () => ['DynamicUser=yes']],
  [2, (random) => several(random, 3, () => `Environment=${random.pick(assignments)}`)],
  [4, (random) => several(random, 3, () => `EnvironmentFile=${random.pick(environmentFiles)}`)],
  [6, (random) => several(random, 2, () => `PassEnvironment=${random.pick(passed)}`)],
  [5, (random) => several(random, 2, () => `UnsetEnvironment=${random.pick(unset)}`)],
  [8, (random) => several(random, 2, () => `ExecSearchPath=${random.pick(searched)}`)],
  [4, (random) => [`WorkingDirectory=${random.pick(['/', '/usr', '-/nowhere', '~', '/nowhere', '-~', '/root', ''])}`]],
  [10, (random) => [`RootDirectory=${random.pick([SMALL_ROOT, `${SMALL_ROOT}/`])}`]],
  [3, (random) => [`UMask=${random.pick(['077', '0', '027', '0777', '7', '0022'])}`]],
  [2, (random, isDocker) => several(random, 4, () => limit(random, isDocker))],
  [4, (random, isDocker) => [`Nice=${isDocker ? random.below(20) : random.below(40) - 20}`]],
  [4, (random, isDocker) => [`OOMScoreAdjust=${isDocker ? random.below(1001) : random.below(2001) - 1000}`]],
  [5, (random) => several(random, 2, () => `CPUAffinity=${random.pick(['0', '1', '0-1', '0 1', '0,1', '', '0-3'])}`)],
  [8, (random) => [`NUMAPolicy=${random.pick(['default', 'local', 'bind', 'preferred', 'interleave'])}`]],
  [8, (random) => [`NUMAMask=${random.pick(['0', 'all', ''])}`]],
  [4, (random, isDocker) => [`CPUSchedulingPolicy=${random.pick(isDocker ? usualPolicies : policies)}`]],
  [10, (random) => [`CPUSchedulingPriority=${1 + random.below(99)}`]],
  [6, (random) => [`CPUSchedulingResetOnFork=${random.pick(['yes', 'no'])}`]],
  [4, (random, isDocker) => [`IOSchedulingClass=${random.pick(isDocker ? usualClasses : classes)}`]],
  [4, (random) => [`IOSchedulingPriority=${random.below(8)}`]],
  [6, (random) => [`CoredumpFilter=${random.pick(['all', 'default', 'private-anonymous elf-headers', '0x1f', ''])}`]],
  [6, (random) => [`TimerSlackNSec=${random.pick(['1', '1ms', '70us', '100000', '0', '2s'])}`]],
  [8, (random) => [`Personality=${random.pick(['x86', 'x86-64', ''])}`]],
  [5, (random) => several(random, 2, () => `SecureBits=${words(random, secureBits, 3)}`)],
  [3, (random) => several(random, 2, () => capabilityLine('CapabilityBoundingSet', random))],
  [4, (random, isDocker) => several(random, 2, () => capabilityLine('AmbientCapabilities', random, isDocker))],
  [5, (random) => [`NoNewPrivileges=${random.pick(['yes', 'no'])}`]],
  [6, (random) => [random.pick(filters)]],
  [6, (random) => [random.pick(filters)]],
  [4, (random) => [`IgnoreSIGPIPE=${random.pick(['yes', 'no'])}`]],
  ...['Runtime', 'State', 'Cache', 'Logs', 'Configuration'].map(
    (kind) => [6, (random: Random) => directory(kind, random)] as const,
  ),
  [6, (random) => several(random, 3, () => `SetCredential=${random.pick(setCredentials)}`)],
  [8, (random) => several(random, 2, () => `LoadCredential=${random.pick(loadedCredentials)}`)],
  [5, () => ['RemainAfterExit=yes']],
  [8, (random) => [`Environment=WITNESS_END=${random.pick(['1', '3', '255', '-15', '-9', '-10', '203'])}`]],
  [12, (random) => [`SuccessExitStatus=${random.pick(['3', 'SIGKILL 1', 'TEMPFAIL'])}`]],
  [12, (random) => [random.pick(['KillSignal=SIGINT', 'TimeoutStopSec=30', 'GuessMainPID=no'])]],
  [10, (random) => [`UtmpIdentifier=${random.pick(['a', 'tty1'])}`]],
  [20, () => ['Restart=no', 'WatchdogSec=1h', 'NotifyAccess=all']],
];

const assignments = [
  'A=1',
  'A=2 B=3',
  '"C=with space" D=plain',
  "'E=single $A' F=\\x41",
  'HOME=/elsewhere',
  'PATH=/usr/bin:/bin',
  'G=%n H=%%',
  'I=',
  '',
  'USER=me LOGNAME=you SHELL=/bin/zsh',
  'J=a"b"c',
  'SHARED=unit',
  'K=$A ${A}',
  'INVOCATION_ID=mine',
  '"L=line\\ntwo"',
  'LANG=C',
];
const environmentFiles = ['/u/one.env', '/u/two.env', '-/u/none.env', '/u/*.env', '', '-/u/empty.env', '/u/none.env'];
const passed = ['PASSED', 'SET', 'PASSED NOT_THERE', 'HOME', '', 'A'];
const unset = [
  'A',
  'PATH',
  'SHARED=two',
  'SHARED=unit',
  'HOME USER',
  'A=1',
  '',
  'INVOCATION_ID',
  'SET',
  'SET=from manager',
  'NOT_THERE',
];
const searched = ['/t', '/t:/bin', '/usr/bin', '', '/nowhere:/t'];
const policies = ['other', 'batch', 'idle', 'fifo', 'rr'];
const usualPolicies = policies.slice(0, 3);
const classes = ['none', 'realtime', 'best-effort', 'idle'];
const usualClasses = ['none', 'best-effort', 'idle'];
const filters = [
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'LockPersonality=yes',
  'MemoryDenyWriteExecute=yes',
  'RestrictNamespaces=yes',
  'SystemCallFilter=~reboot',
  'SystemCallFilter=@system-service',
  'SystemCallArchitectures=native',
  'RestrictAddressFamilies=AF_UNIX',
];
const setCredentials = ['a:hello', 'b:two words', 'c:line\\nfeed', 'a:other', 'd:\\x00\\x01', 'e:'];
const loadedCredentials = ['a:/u/secret', 's:/u/secret', 'n', 'missing:/u/none', 'dir:/u/credentials'];

function limit(random: Random, isDocker: boolean): string {
  const [name = '', ...values] = random.pick(limits);
  const value = random.pick(values);
  // What is set here is never more than a container has.
  return `Limit${name}=${isDocker && !/:/.test(value) && value === 'infinity' ? (values[0] ?? '') : value}`;
}

const limits: readonly (readonly string[])[] = [
  ['NOFILE', '100', '64:200', '30:1024', '512'],
  ['CORE', '0', '1M', '0:1G', 'infinity', '4K:1M'],
  ['FSIZE', '1G', '512M:2G', 'infinity', '1T'],
  ['STACK', '8M', '1M', '1M:8M', '4M:16M'],
  ['NPROC', '5000', '4000:6000'],
  ['AS', '4G', '1G:infinity', '16G', 'infinity'],
  ['DATA', '1G', '512M:1G', 'infinity'],
  ['RSS', '1G', '1:2', '10%'],
  ['MEMLOCK', '64K', '1M:2M', '4M'],
  ['SIGPENDING', '100', '10:1000'],
  ['MSGQUEUE', '4K', '1:2'],
  ['CPU', '1min', '10:20', '2h:1d', 'infinity', '90'],
  ['RTTIME', '1s', '100ms:1s', '5', 'infinity'],
];

function directory(kind: string, random: Random): readonly string[] {
  const names = ['%N', '%N-x', '%N/sub', '%N-a/b'];
  const lines = several(random, 2, () => `${kind}Directory=${words(random, names, 2)}`);
  return random.oneIn(2) ? [...lines, `${kind}DirectoryMode=${random.pick(['0700', '0750', '755', '1777'])}`] : lines;
}

function capabilityLine(key: string, random: Random, isDocker = false): string {
  if (random.oneIn(10)) return `${key}=`;
  const known = isDocker || random.oneIn(2) ? capabilities : [...capabilities, ...rareCapabilities];
  const inverted = key === 'AmbientCapabilities' ? 6 : 2;
  return `${key}=${!isDocker && random.oneIn(inverted) ? '~' : ''}${words(random, known, 3)}`;
}

const programs = ['/t/witness', '/t/witness', '/t/witness', '/t/witness', 'witness', '/bin/../t/witness', '/t/none'];
const prefixes = ['', '', '', '', '-', ':', '+', '!', '!!', '-+', ':!', '@'];
const argumentLists = [
  '',
  '$A ${A} $$A',
  "'$WORDS' $WORDS ${WORDS}",
  'x${A}y x$A $NOT_THERE ${NOT_THERE} "$NOT_THERE"',
  '"$HOME" $USER ${SHELL}',
  '%n %p %u %U %h %s %t %S %C %L %E',
  '$SHARED ${SHARED}',
  '"" \'\' a"b"c \\x41',
  '${A}${SHARED} $A$SHARED ${A',
  '%d ${CREDENTIALS_DIRECTORY}',
  '$STATE_DIRECTORY ${RUNTIME_DIRECTORY}',
  '$PATH',
  '$SERVICE_RESULT $EXIT_CODE ${EXIT_STATUS}',
  '$SET ${SET} $MANAGER',
];

function commands(random: Random, hides: boolean): readonly string[] {
  const lines = random.oneIn(3) ? ['Environment="WORDS=one two  three"'] : [];
  const add = (slot: string, odds: number): void => {
    const text = command(slot, random);
    if (random.oneIn(odds)) lines.push(`${slot}=${hides ? text.replace('+', '') : text}`);
  };
  add('ExecStartPre', 4);
  add('ExecStart', 1);
  add('ExecStart', 4);
  add('ExecStartPost', 4);
  add('ExecStop', 5);
  add('ExecStopPost', 4);
  return lines;
}

function command(slot: string, random: Random): string {
  const prefix = random.pick(prefixes);
  const first = prefix.includes('@') ? ' called-so' : '';
  return `${prefix}${random.oneIn(3) ? random.pick(programs) : '/t/witness'}${first} ${slot} ${random.pick(argumentLists)}`;
}

function several(random: Random, most: number, line: () => string): readonly string[] {
  return Array.from({ length: 1 + random.below(most) }, line);
}

function words(random: Random, from: readonly string[], most: number): string {
  return several(random, most, () => random.pick(from)).join(' ');
}

function shuffled(lines: readonly string[], random: Random): readonly string[] {
  const order = [...lines];
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j] ?? '', order[i] ?? ''];
  }
  return order;
}
