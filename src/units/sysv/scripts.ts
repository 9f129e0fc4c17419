/**
 * Init scripts without a unit file of their own become units, as systemd-sysv-generator makes them: the same texts, aliases
 * and links, in a folder of their own at the end of the search path.
 */
import type { UnitFilesPort } from '../files.ts';
import { mangleUnitName, type UnitName } from '../name.ts';
import { readHeader, type ScriptHeader } from './header.ts';

export interface SysvDirectories {
  /** Absolute: /etc/init.d and its like, best first. */
  readonly scripts: readonly string[];
  /** Where rc2.d and its like are. */
  readonly runlevels: readonly string[];
}

export const sysvDirectories: SysvDirectories = { scripts: ['/etc/init.d'], runlevels: ['/etc'] };

/** What is to be put into the generator's folder: path below it → text, or target of a symlink. */
export interface SysvUnits {
  readonly files: ReadonlyMap<string, string>;
  readonly links: ReadonlyMap<string, string>;
}

interface Script {
  readonly name: UnitName;
  readonly path: string;
  readonly header: ScriptHeader;
  /** The greatest NN of its links SNN…; undefined: it has none. */
  priority: number | undefined;
  readonly wantedBy: Set<UnitName>;
  readonly before: Set<UnitName>;
  readonly after: Set<UnitName>;
}

/** In which target the scripts of a runlevel are started. */
const runlevelTargets: Readonly<Record<string, UnitName>> = {
  'rc1.d': 'rescue.target' as UnitName,
  'rc2.d': 'multi-user.target' as UnitName,
  'rc3.d': 'multi-user.target' as UnitName,
  'rc4.d': 'multi-user.target' as UnitName,
  'rc5.d': 'graphical.target' as UnitName,
};

const longestScript = 1024 * 1024;

/** `isNative`: whether the search path has a file, a link or a mask of that name. Scripts that cannot be read are left out. */
export function convertScripts(
  port: UnitFilesPort,
  root: string,
  directories: SysvDirectories,
  isNative: (name: UnitName) => boolean,
): SysvUnits {
  const scripts = findScripts(port, root, directories.scripts, isNative);
  if (scripts.size > 0) {
    readRunlevels(port, root, directories.runlevels, scripts);
    orderByPriority([...scripts.values()]);
  }
  const files = new Map<string, string>();
  const links = new Map<string, string>();
  const killMode = scripts.size > 0 && isBlind(port) ? 'control-group' : 'process';
  for (const script of scripts.values()) {
    files.set(script.name, unitText(script, killMode));
    for (const target of script.wantedBy) links.set(`${target}.wants/${script.name}`, `../${script.name}`);
  }
  for (const { name, header } of scripts.values()) {
    for (const alias of header.aliases) if (!files.has(alias) && !links.has(alias)) links.set(alias, name);
  }
  return { files, links };
}

function findScripts(
  port: UnitFilesPort,
  root: string,
  directories: readonly string[],
  isNative: (name: UnitName) => boolean,
): ReadonlyMap<UnitName, Script> {
  const scripts = new Map<UnitName, Script>();
  for (const directory of directories) {
    const entries = port.readDirectory(root + directory);
    if (typeof entries === 'number') continue;
    for (const { name: file, type } of entries) {
      if ((type !== 'file' && type !== 'symlink') || backup.test(file)) continue;
      const name = serviceName(file);
      if (name === undefined || scripts.has(name) || isNative(name)) continue;
      const path = `${directory}/${file}`;
      const status = port.status(root + path);
      if (typeof status === 'number' || status.type !== 'file' || (status.mode & 0o100) === 0) continue;
      const text = port.readFile(root + path, longestScript);
      if (typeof text !== 'string') continue;
      const header = readHeader(text, file);
      const before = new Set(header.before);
      const after = new Set(header.after);
      scripts.set(name, { name, path, header, priority: undefined, wantedBy: new Set(), before, after });
    }
  }
  return scripts;
}

/** Left behind by editors and package managers: hidden_or_backup_file() of systemd. */
const backup =
  /^\.|~$|^(lost\+found|aquota\.(user|group))$|\.(rpmnew|rpmsave|rpmorig|dpkg-(old|new|tmp|dist|bak|backup|remove)|ucf-(new|old|dist)|swp|bak|old|new)$/;

/** `foo` and `foo.sh` are foo.service. */
function serviceName(file: string): UnitName | undefined {
  return mangleUnitName(file.replace(/\.sh$/, ''));
}

function readRunlevels(
  port: UnitFilesPort,
  root: string,
  directories: readonly string[],
  scripts: ReadonlyMap<UnitName, Script>,
): void {
  for (const directory of directories) {
    for (const [runlevel, target] of Object.entries(runlevelTargets)) {
      const entries = port.readDirectory(`${root}${directory}/${runlevel}`);
      if (typeof entries === 'number') continue;
      for (const { name: link } of entries) {
        const [, digits, rest] = /^S(\d\d)(.+)$/s.exec(link) ?? [];
        const name = rest === undefined ? undefined : serviceName(rest);
        const script = name === undefined ? undefined : scripts.get(name);
        if (script === undefined) continue;
        script.priority = Math.max(script.priority ?? 0, Number(digits));
        script.wantedBy.add(target);
        script.before.add(target);
      }
    }
  }
}

/** Scripts start in the order of their numbers, unless both say in their headers what they need. */
function orderByPriority(scripts: readonly Script[]): void {
  for (const one of scripts) {
    for (const other of scripts) {
      if (one.priority === undefined || other.priority === undefined) continue;
      if (one.header.hasLsb && other.header.hasLsb) continue;
      if (other.priority < one.priority) one.after.add(other.name);
      else if (other.priority > one.priority) one.before.add(other.name);
    }
  }
}

/**
 * Whether scripts cannot end what has dropped its privileges: start-stop-daemon --exec reads which program a process runs, and
 * without CAP_SYS_PTRACE, as in most containers, not even root may. Then KillMode=process would leave it running, beside its successor.
 */
function isBlind(port: UnitFilesPort): boolean {
  const status = port.readFile('/proc/self/status', longestScript);
  const effective = typeof status === 'string' ? /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] : undefined;
  return effective !== undefined && ((BigInt(`0x${effective}`) >> CAP_SYS_PTRACE) & 1n) === 0n;
}

const CAP_SYS_PTRACE = 19n;

function unitText({ path, header, before, after }: Script, killMode: string): string {
  const literal = (text: string): string => text.replaceAll('%', '%%');
  const lines = (key: string, names: Iterable<string>): string[] => [...names].map((name) => `${key}=${name}`);
  return [
    '# Made of an init script by pidone, as systemd-sysv-generator makes it',
    '',
    '[Unit]',
    'Documentation=man:systemd-sysv-generator(8)',
    `SourcePath=${path}`,
    ...(header.description === '' ? [] : [`Description=${literal(header.description)}`]),
    ...lines('Before', before),
    ...lines('After', after),
    ...lines('Wants', header.wants),
    '',
    '[Service]',
    'Type=forking',
    'Restart=no',
    'TimeoutSec=5min',
    'IgnoreSIGPIPE=no',
    `KillMode=${killMode}`,
    'GuessMainPID=no',
    `RemainAfterExit=${header.pidFile === '' ? 'yes' : 'no'}`,
    ...(header.pidFile === '' ? [] : [`PIDFile=${literal(header.pidFile)}`]),
    // What LSB has for "not installed" and "not configured".
    ...(header.hasLsb ? ['SuccessExitStatus=5 6'] : []),
    `ExecStart=${literal(path)} start`,
    `ExecStop=${literal(path)} stop`,
    ...(header.canReload ? [`ExecReload=${literal(path)} reload`] : []),
    '',
  ].join('\n');
}
