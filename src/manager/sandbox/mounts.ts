/**
 * The mounts of a unit's namespace as a list of operations, in the order in which they are carried out (exec-mounts.c). Source:
 * setup_namespace() and what it calls in systemd's src/core/namespace.c.
 */
import type { Errno } from '../../host.d.ts';
import type { Settings } from './policy.ts';

/** What a place becomes. In the order of systemd: of two for one place, the first stays. */
const modes = [
  'inaccessible',
  'bind',
  'bind-recursive',
  'private-tmp',
  'private-dev',
  'bind-dev',
  'empty',
  'sysfs',
  'procfs',
  'read-only',
  'read-write',
  'no-exec',
  'exec',
  'tmpfs',
  'run',
  'mqueue',
  'read-write-implicit',
] as const;
export type MountMode = (typeof modes)[number];

export interface MountEntry {
  /** Absolute, as the host has it below `root`. */
  readonly path: string;
  readonly mode: MountMode;
  /** What is not there is passed over. */
  readonly ignore?: boolean;
  readonly source?: string;
  /** Mount options of a file system. */
  readonly options?: string;
  readonly readOnly?: boolean;
  readonly noExec?: boolean;
  readonly exec?: boolean;
  readonly noSuid?: boolean;
  /** Of the host, and not below RootDirectory=. */
  readonly isOutside?: boolean;
}

export interface MountPort {
  realPath(path: string): string | Errno;
}

export interface MountFacts {
  /** RootDirectory=, or ''. */
  readonly rootDirectory: string;
  readonly noNewPrivileges: boolean;
  /** Outer directories that PrivateTmp= makes: for /tmp and /var/tmp. */
  readonly privateTmp: readonly [string, string];
  /** Of RuntimeDirectory= and its like: what must stay writable; `roots`: of private ones, what hides the others. */
  readonly directories: readonly { readonly source: string; readonly destination: string }[];
  readonly privateRoots: readonly string[];
  /** $CREDENTIALS_DIRECTORY, where it has to be brought into another root, or ''. */
  readonly secrets: string;
  /** Beginning of the names of files that nobody may read. */
  readonly inaccessible: string;
  /** NOTIFY_SOCKET, or ''. */
  readonly notifyPath: string;
}

const emptyOptions = 'mode=0755,nr_inodes=16,size=16k';

/** Whether anything asks for a mount namespace: the keys, to be told, by the names that are documented today. */
export function mountedBy(settings: Settings): readonly string[] {
  const keys = [...settings].filter(([key, value]) => asksForMounts(key, value)).map(([key]) => key);
  return [...new Set(keys.map((key) => key.replace(/(?<=^(?:ReadWrite|ReadOnly|Inaccessible))Directories$/, 'Paths')))];
}

function asksForMounts(key: string, value: string): boolean {
  if (
    /^(?:ReadWrite|ReadOnly|Inaccessible)(?:Paths|Directories)$|^(?:No)?ExecPaths$|^Bind(?:ReadOnly)?Paths$|^TemporaryFileSystem$/.test(
      key,
    )
  )
    return true;
  if (key === 'ProtectProc') return value !== 'default';
  if (key === 'ProcSubset') return value !== 'all';
  if (key === 'MountFlags') return value !== 'shared';
  if (key === 'IPCNamespacePath') return true;
  return (
    value !== 'no' &&
    /^(?:Private(?:Tmp|Devices|Mounts|IPC)|Protect(?:System|Home|KernelTunables|KernelModules|KernelLogs|ControlGroups))$/.test(
      key,
    )
  );
}

/** `path:mode` words of tables: r read-only, i inaccessible, w read-write-implicit, `-` before what may miss. */
const tables = {
  tunablesProc:
    '-/proc/acpi:r -/proc/apm:r -/proc/asound:r -/proc/bus:r -/proc/fs:r -/proc/irq:r -/proc/kallsyms:i -/proc/kcore:i -/proc/latency_stats:r -/proc/mtrr:r -/proc/scsi:r -/proc/sys:r -/proc/sysrq-trigger:r -/proc/timer_stats:r',
  tunablesSys: '/sys:r -/sys/fs/bpf:r -/sys/fs/cgroup:w -/sys/fs/selinux:w -/sys/kernel/debug:r -/sys/kernel/tracing:r',
  modules: '-/lib/modules:i -/usr/lib/modules:i',
  system: '/usr:r -/boot:r -/efi:r -/lib:r -/lib64:r -/bin:r -/sbin:r',
  strict: '/:r /proc:w /sys:w /dev:w -/home:w -/run/user:w -/root:w',
} as const;

/** All that the settings ask for, unordered. */
function gather(settings: Settings, facts: MountFacts): MountEntry[] {
  const entries: MountEntry[] = [];
  const isOn = (key: string): boolean => (settings.get(key) ?? 'no') !== 'no';
  const add = (...more: MountEntry[]): void => {
    entries.push(...more);
  };
  const addTable = (text: string, ignoreAll = false): void => {
    for (const word of text.split(' ')) {
      const [, minus, path = '', letter = ''] = /^(-?)(.*):(.)$/.exec(word) ?? [];
      const mode = letter === 'r' ? 'read-only' : letter === 'i' ? 'inaccessible' : 'read-write-implicit';
      add({ path, mode, ignore: ignoreAll || minus === '-' });
    }
  };
  for (const [key, mode] of accessKeys)
    for (const word of wordsOf(settings.get(key))) {
      const [, minus, plus, path = ''] = /^(-?)(\+?)(.*)$/.exec(word) ?? [];
      add({ path, mode, ignore: minus === '-', isOutside: facts.rootDirectory !== '' && plus === '' });
    }
  for (const path of facts.privateRoots) add({ path, mode: 'empty', options: emptyOptions, readOnly: true });
  for (const key of ['BindPaths', 'BindReadOnlyPaths'])
    for (const word of wordsOf(settings.get(key))) {
      const [, minus, source = '', path = '', option] = /^(-?)([^:]*):([^:]*):(.*)$/.exec(word) ?? [];
      const mode = option === 'norbind' ? 'bind' : 'bind-recursive';
      add({ path, mode, source, ignore: minus === '-', readOnly: key === 'BindReadOnlyPaths' });
    }
  for (const { source, destination } of facts.directories)
    add({ path: destination, mode: 'bind-recursive', source, noSuid: facts.noNewPrivileges });
  // Where they could not be had, who is told of it by OnFailure= or ExecStopPost= runs.
  if (facts.secrets !== '')
    add({ path: facts.secrets, mode: 'bind-recursive', source: facts.secrets, readOnly: true, ignore: true });
  for (const word of wordsOf(settings.get('TemporaryFileSystem'))) {
    const colon = word.indexOf(':');
    const given = colon < 0 ? [] : word.slice(colon + 1).split(',');
    const options = given.filter((option) => !['ro', 'rw', ''].includes(option));
    // What is not said is as systemd has it.
    if (!options.some((option) => option.startsWith('mode='))) options.unshift('mode=0755');
    if (!options.some((option) => option.startsWith('size='))) options.push('size=10%');
    if (!options.some((option) => option.startsWith('nr_inodes='))) options.push('nr_inodes=400k');
    add({
      path: colon < 0 ? word : word.slice(0, colon),
      mode: 'tmpfs',
      options: options.join(','),
      readOnly: given.includes('ro'),
    });
  }
  if (isOn('PrivateTmp'))
    add(
      { path: '/tmp', mode: 'private-tmp', source: facts.privateTmp[0] },
      { path: '/var/tmp', mode: 'private-tmp', source: facts.privateTmp[1] },
    );
  if (isOn('PrivateDevices')) add({ path: '/dev', mode: 'private-dev', noExec: true });
  const isSubset = settings.get('ProcSubset') === 'pid';
  if (isOn('ProtectKernelTunables')) {
    addTable(tables.tunablesProc, isSubset);
    addTable(tables.tunablesSys);
  }
  if (isOn('ProtectKernelModules')) addTable(tables.modules);
  if (isOn('ProtectKernelLogs')) addTable('-/proc/kmsg:i -/dev/kmsg:i');
  if (isOn('ProtectControlGroups')) add({ path: '/sys/fs/cgroup', mode: 'read-only', ignore: true });
  const home = settings.get('ProtectHome') ?? 'no';
  if (home !== 'no')
    for (const path of ['/home', '/run/user', '/root']) {
      const options = path === '/root' ? emptyOptions.replace('0755', '0700') : emptyOptions;
      if (home === 'tmpfs') add({ path, mode: 'tmpfs', options, readOnly: true, ignore: true });
      else add({ path, mode: home === 'read-only' ? 'read-only' : 'inaccessible', ignore: true });
    }
  const system = settings.get('ProtectSystem') ?? 'no';
  if (system === 'strict') addTable(tables.strict);
  else if (system !== 'no') addTable(system === 'full' ? `${tables.system} /etc:r` : tables.system);
  if (mountsApi(settings, facts.rootDirectory !== '')) {
    add({ path: '/proc', mode: 'procfs', options: procOptions(settings), noExec: true });
    add({ path: '/dev', mode: 'bind-dev' });
    if (facts.rootDirectory !== '')
      add(
        { path: '/sys', mode: 'sysfs', noExec: true },
        { path: '/run', mode: 'run', options: 'mode=755,size=20%,nr_inodes=800k' },
      );
  }
  if (isOn('ProtectHostname')) addTable('-/proc/sys/kernel/hostname:r -/proc/sys/kernel/domainname:r');
  if (isOn('PrivateIPC') || settings.has('IPCNamespacePath'))
    add({ path: '/dev/mqueue', mode: 'mqueue', noExec: true, ignore: true });
  if (facts.rootDirectory !== '' && facts.notifyPath !== '')
    add({ path: facts.notifyPath, mode: 'bind', source: facts.notifyPath, readOnly: true });
  return entries;
}

const accessKeys: readonly (readonly [string, MountMode])[] = [
  ['ReadWritePaths', 'read-write'],
  ['ReadWriteDirectories', 'read-write'],
  ['ReadOnlyPaths', 'read-only'],
  ['ReadOnlyDirectories', 'read-only'],
  ['InaccessiblePaths', 'inaccessible'],
  ['InaccessibleDirectories', 'inaccessible'],
  ['ExecPaths', 'exec'],
  ['NoExecPaths', 'no-exec'],
];

function wordsOf(text: string | undefined): readonly string[] {
  return (text ?? '').split(' ').filter((word) => word !== '');
}

/** namespace_info_mount_apivfs(): with settings about them, and below another root. */
function mountsApi(settings: Settings, hasRoot: boolean): boolean {
  const own = settings.get('MountAPIVFS');
  const asked =
    (settings.get('ProtectProc') ?? 'default') !== 'default' || (settings.get('ProcSubset') ?? 'all') !== 'all';
  const tunables =
    hasRoot && ['ProtectControlGroups', 'ProtectKernelTunables'].some((key) => (settings.get(key) ?? 'no') !== 'no');
  return own === 'yes' || asked || tunables || (own === undefined && hasRoot);
}

function procOptions(settings: Settings): string {
  const protect = settings.get('ProtectProc') ?? 'default';
  const options = protect === 'default' ? [] : [`hidepid=${protect}`];
  if (settings.get('ProcSubset') === 'pid') options.push('subset=pid');
  return options.join(',');
}

/** `root`: where the new root is put together. */
export function planMounts(
  settings: Settings,
  facts: MountFacts,
  root: string,
  port: MountPort,
): readonly MountEntry[] {
  const base = facts.rootDirectory === '' ? '' : facts.rootDirectory.replace(/\/$/, '');
  const entries = gather(settings, facts).flatMap((entry) => {
    const real = resolve(port, entry.isOutside === true ? entry.path : base + entry.path);
    if (base !== '' && real !== base && !real.startsWith(`${base}/`)) return [];
    return [{ ...entry, path: base === '' ? (real === '/' ? root : root + real) : real }];
  });
  return dropUnused(entries.sort(compare));
}

/** Links on the way are followed, as far as there is a way. */
function resolve(port: MountPort, path: string): string {
  let rest = '';
  for (let start = path === '' ? '/' : path; ; start = start.slice(0, start.lastIndexOf('/')) || '/') {
    const real = port.realPath(start);
    if (typeof real === 'string') return (real === '/' ? rest : real + rest) || '/';
    if (start === '/') return path;
    rest = start.slice(start.lastIndexOf('/')) + rest;
  }
}

/** What is above comes first; then by mode. */
function compare(a: MountEntry, b: MountEntry): number {
  const left = a.path.replaceAll('/', '\u0001');
  const right = b.path.replaceAll('/', '\u0001');
  if (left !== right) return left < right ? -1 : 1;
  return modes.indexOf(a.mode) - modes.indexOf(b.mode);
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(above === '/' ? above : `${above}/`);
}

const plain: ReadonlySet<MountMode> = new Set(['read-only', 'read-write', 'read-write-implicit']);

/** Second ones for a place, what an inaccessible place hides, and what is as the place above it. */
function dropUnused(entries: readonly MountEntry[]): readonly MountEntry[] {
  const kept: MountEntry[] = [];
  for (const entry of entries) {
    const last = kept.at(-1);
    if (last?.path === entry.path) {
      kept[kept.length - 1] = {
        ...last,
        readOnly:
          last.readOnly === true ||
          entry.readOnly === true ||
          entry.mode === 'read-only' ||
          entry.mode === 'inaccessible',
        noExec: last.noExec === true || entry.noExec === true || entry.mode === 'no-exec',
        exec: last.exec === true || entry.exec === true || entry.mode === 'exec',
      };
      continue;
    }
    if (kept.some((other) => other.mode === 'inaccessible' && isBelow(entry.path, other.path))) continue;
    const above = kept.findLast((other) => isBelow(entry.path, other.path));
    if (plain.has(entry.mode) && above?.mode === entry.mode) continue;
    kept.push(entry);
  }
  return kept;
}

const letters: Readonly<Record<MountMode, string>> = {
  inaccessible: 'i',
  bind: 'b',
  'bind-recursive': 'B',
  'private-tmp': 'T',
  'private-dev': 'd',
  'bind-dev': 'D',
  empty: 't',
  sysfs: 's',
  procfs: 'p',
  'read-only': 'm',
  'read-write': 'm',
  'no-exec': 'm',
  exec: 'm',
  tmpfs: 't',
  run: 't',
  mqueue: 'q',
  'read-write-implicit': 'm',
};

/** MS_… by the option that sets it; one without `no`, or with another word, takes it back. */
const mountFlags: Readonly<Record<string, number>> = {
  nosuid: 2,
  nodev: 4,
  noexec: 8,
  sync: 16,
  mand: 64,
  dirsync: 128,
  noatime: 1024,
  nodiratime: 2048,
  relatime: 1 << 21,
  strictatime: 1 << 24,
};
const takenBack: Readonly<Record<string, string>> = { async: 'sync', atime: 'noatime' };

/** "FLAGS OPTIONS" of a new tmpfs. */
function memoryOptions(options: string, isEmpty: boolean): string {
  const flag = (name: string): number => mountFlags[name] ?? 0;
  let flags = flag('nodev') | flag('strictatime') | (isEmpty ? flag('nosuid') | flag('noexec') : 0);
  const rest = options.split(',').filter((word) => {
    const cleared = flag(takenBack[word] ?? (word.startsWith('no') ? word.slice(2) : `no${word}`));
    flags = (flags & ~cleared) | flag(word);
    return cleared === 0 && flag(word) === 0;
  });
  return `${flags} ${rest.join(',')}`;
}

/** For C, four texts each: letters, the place, the source, the options. The letters after the first: see exec-mounts.c. */
export function mountTexts(
  entries: readonly MountEntry[],
  inaccessible: string,
  allNoSuid: boolean,
): readonly string[] {
  return entries.flatMap((entry) => {
    const { mode } = entry;
    const readOnly =
      entry.readOnly === true || mode === 'read-only' || mode === 'inaccessible' || mode === 'private-dev';
    const single = mode === 'empty' || mode === 'tmpfs' || mode === 'run' || mode === 'private-dev';
    const noExec = entry.noExec === true || mode === 'no-exec' || mode === 'inaccessible';
    const flags =
      (entry.ignore === true ? '-' : '') +
      (readOnly ? 'r' : '') +
      (single ? '1' : '') +
      (noExec ? 'n' : entry.exec === true || mode === 'exec' ? 'e' : '') +
      // A place of its own for what is run or not.
      (mode === 'exec' || mode === 'no-exec' ? 'x' : '') +
      (allNoSuid || entry.noSuid === true ? 's' : '');
    return [
      letters[mode] + flags,
      entry.path,
      entry.source ?? (mode === 'inaccessible' ? inaccessible : ''),
      letters[mode] === 't' ? memoryOptions(entry.options ?? '', mode === 'empty') : (entry.options ?? ''),
    ];
  });
}
