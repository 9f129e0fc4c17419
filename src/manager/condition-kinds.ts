/** One test a kind of condition (systemd's src/shared/condition.c): those about the machine and versions have files of their own. */
import { parseBoolean } from '../units/values/boolean.ts';
import * as machine from './condition-machine.ts';
import { expandBraces, matchesGlob } from './condition-values.ts';
import { isKernelVersion, isOsRelease } from './condition-versions.ts';
import type { ConditionPort } from './conditions.ts';

/** True: it is met. undefined: the parameter makes no sense, which is not met either way round. */
export type ConditionTest = (port: ConditionPort, parameter: string) => boolean | undefined;

/** By what stands after Condition or Assert in the key. A kind that is not here is not looked at. */
export const conditionKinds: ReadonlyMap<string, ConditionTest> = new Map<string, ConditionTest>([
  ['PathExists', (port, path) => typeof port.files.status(path) !== 'number'],
  ['PathExistsGlob', globExists],
  ['PathIsDirectory', (port, path) => typeAt(port, path) === 'directory'],
  ['PathIsSymbolicLink', isSymbolicLink],
  ['PathIsMountPoint', isMountPoint],
  ['PathIsReadWrite', isReadWrite],
  ['PathIsEncrypted', () => false],
  ['PathIsSocket', (port, path) => typeAt(port, path) === 'socket'],
  ['DirectoryNotEmpty', isDirectoryNotEmpty],
  ['FileNotEmpty', isFileNotEmpty],
  ['FileIsExecutable', isFileExecutable],
  ['User', isUser],
  ['Group', isGroup],
  ['Host', isHost],
  ['Virtualization', machine.isVirtualization],
  ['Environment', isEnvironment],
  ['KernelVersion', isKernelVersion],
  ['KernelCommandLine', isOnCommandLine],
  ['Architecture', machine.isArchitecture],
  ['Capability', machine.isCapability],
  ['ControlGroupController', machine.hasController],
  ['FirstBoot', isFirstBoot],
  ['NeedsUpdate', needsUpdate],
  ['ACPower', machine.isOnAcPower],
  ['Security', machine.isSecurity],
  ['Memory', machine.isMemory],
  ['CPUs', machine.isCpus],
  ['CPUFeature', machine.hasCpuFeature],
  ['OSRelease', isOsRelease],
  ['Firmware', machine.isFirmware],
  ['MemoryPressure', machine.hasLittlePressure('memory')],
  ['CPUPressure', machine.hasLittlePressure('cpu')],
  ['IOPressure', machine.hasLittlePressure('io')],
  ['Credential', hasCredential],
]);

const textLimit = 1 << 20;

function textAt(port: ConditionPort, path: string): string | undefined {
  const text = port.files.readFile(path, textLimit);
  return typeof text === 'number' ? undefined : text;
}

function typeAt(port: ConditionPort, path: string): string | undefined {
  const status = port.files.status(path);
  return typeof status === 'number' ? undefined : status.type;
}

function isSymbolicLink(port: ConditionPort, path: string): boolean {
  const status = port.files.statusNoFollow(path);
  return typeof status !== 'number' && status.type === 'symlink';
}

function isFirstBoot(port: ConditionPort, parameter: string): boolean | undefined {
  const wanted = parseBoolean(parameter);
  return wanted === undefined ? undefined : wanted === port.firstBoot;
}

/** Fifth field of mountinfo, in which blanks are octal escapes: proc_pid_mountinfo(5). */
function isMountPoint(port: ConditionPort, path: string): boolean {
  const table = textAt(port, '/proc/self/mountinfo');
  const wanted = (path.length > 1 ? path.replace(/\/+$/, '') : path).replace(
    /[ \t\n\\]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return table?.split('\n').some((line) => line.split(' ', 5)[4] === wanted) === true;
}

const readOnly = 30;

/** Not on a read-only file system; whether the manager may write is not the question. */
function isReadWrite(port: ConditionPort, path: string): boolean {
  const errno: number = port.files.access(path, 2) ?? 0;
  const isMissing = errno === 2;
  return !isMissing && errno !== readOnly;
}

function isDirectoryNotEmpty(port: ConditionPort, path: string): boolean {
  const entries = port.files.readDirectory(path);
  return typeof entries !== 'number' && entries.some(({ name }) => !isHiddenOrBackup.test(name));
}

/** Names that do not count (hidden_or_backup_file()). */
export const isHiddenOrBackup =
  /^\.|^(?:lost\+found|aquota\.(?:user|group))$|~$|\.(?:rpm(?:new|save|orig)|dpkg-(?:old|new|tmp|dist|bak|backup|remove)|ucf-(?:old|new|dist)|swp|bak|old|new)$/;

function isFileNotEmpty(port: ConditionPort, path: string): boolean {
  const status = port.files.status(path);
  return typeof status !== 'number' && status.type === 'file' && status.size > 0;
}

function isFileExecutable(port: ConditionPort, path: string): boolean {
  const status = port.files.status(path);
  return typeof status !== 'number' && status.type === 'file' && (status.mode & 0o111) !== 0;
}

/** Goes down one component at a time, keeping every path that fits so far: glob(7). */
function globExists({ files }: ConditionPort, pattern: string): boolean {
  return firstMatch(files, pattern) !== undefined;
}

/** The first path that the pattern stands for, by name. */
export function firstMatch(files: GlobFiles, pattern: string): string | undefined {
  return expandBraces(pattern).flatMap((each) => matchesOf(files, each))[0];
}

type GlobFiles = Pick<ConditionPort['files'], 'status' | 'readDirectory'>;

function matchesOf(files: GlobFiles, pattern: string): readonly string[] {
  let paths = [''];
  for (const component of pattern.split('/').filter((part) => part !== '')) {
    const next: string[] = [];
    for (const path of paths) {
      if (!/[*?[]/.test(component)) {
        const plain = `${path}/${component}`;
        if (typeof files.status(plain) !== 'number') next.push(plain);
        continue;
      }
      const entries = files.readDirectory(path === '' ? '/' : path);
      if (typeof entries === 'number') continue;
      for (const { name } of entries) {
        const isHidden = name.startsWith('.') && !component.startsWith('.');
        if (!isHidden && matchesGlob(component, name)) next.push(`${path}/${name}`);
      }
    }
    paths = next;
  }
  return paths.sort();
}

/** A name, a number, or @system: a user that is no human's (SYSTEM_UID_MAX, nobody). */
function isUser(port: ConditionPort, parameter: string): boolean {
  if (parameter === '@system') return port.uid <= 999 || port.uid === 65534;
  if (/^[0-9]+$/.test(parameter)) return Number(parameter) === port.uid;
  return port.facts.user(parameter)?.uid === port.uid;
}

function isGroup(port: ConditionPort, parameter: string): boolean {
  const gid = port.facts.group(parameter)?.gid ?? (/^[0-9]+$/.test(parameter) ? Number(parameter) : undefined);
  const self = port.facts.user(String(port.uid));
  if (gid === undefined || self === undefined) return false;
  return gid === self.gid || port.facts.groupsOf(self.name, self.gid).includes(gid);
}

/** A machine id or a pattern of host names. */
function isHost(port: ConditionPort, parameter: string): boolean {
  const id = textAt(port, '/etc/machine-id')?.trim();
  if (id !== undefined && id === parameter.replaceAll('-', '')) return true;
  return matchesGlob(parameter.toLowerCase(), port.facts.hostName().toLowerCase());
}

function isEnvironment(port: ConditionPort, parameter: string): boolean {
  const equals = parameter.indexOf('=');
  if (equals < 0) return port.environment().has(parameter);
  return port.environment().get(parameter.slice(0, equals)) === parameter.slice(equals + 1);
}

/** In a container that is the command line of PID 1. */
function isOnCommandLine(port: ConditionPort, parameter: string): boolean {
  const words = (textAt(port, '/proc/1/cmdline') ?? '').split('\0');
  const hasValue = parameter.includes('=');
  return words.some((word) => word === parameter || (!hasValue && word.startsWith(`${parameter}=`)));
}

/** /etc or /var is older than /usr: systemd-update-done.service(8). */
function needsUpdate(port: ConditionPort, path: string): boolean {
  // Rather once too often than not at all.
  if (!path.startsWith('/')) return true;
  const errno: number = port.files.access(path, 2) ?? 0;
  if (errno === readOnly) return false;
  const usr = port.files.status('/usr');
  const mark = port.files.statusNoFollow(`${path.replace(/\/+$/, '')}/.updated`);
  return typeof mark === 'number' || typeof usr === 'number' || usr.modified > mark.modified;
}

function hasCredential(port: ConditionPort, parameter: string): boolean {
  if (parameter === '' || parameter.includes('/')) return false;
  // What the container was given: by whatever started it, or by its engine.
  return [port.environment().get('CREDENTIALS_DIRECTORY'), '/run/secrets'].some(
    (directory) => directory !== undefined && typeof port.files.status(`${directory}/${parameter}`) !== 'number',
  );
}
