/** One test a kind of condition. True: it is met. A parameter that makes no sense is not met. */
import { parseBoolean } from '../units/values/boolean.ts';
import { parseCapability } from '../units/values/capability.ts';
import { parseSize } from '../units/values/size.ts';
import type { ConditionPort } from './conditions.ts';
import { compareVersions, matchesGlob, splitOperator } from './condition-values.ts';
import type { Comparison } from './condition-values.ts';

export type ConditionTest = (port: ConditionPort, parameter: string) => boolean;

/** By what stands after Condition or Assert in the key. A kind that is not here is not looked at. */
export const conditionKinds: ReadonlyMap<string, ConditionTest> = new Map<string, ConditionTest>([
  ['PathExists', (port, path) => typeof port.files.status(path) !== 'number'],
  ['PathExistsGlob', globExists],
  ['PathIsDirectory', (port, path) => typeAt(port, path) === 'directory'],
  ['PathIsSymbolicLink', isSymbolicLink],
  ['PathIsMountPoint', isMountPoint],
  ['PathIsReadWrite', isReadWrite],
  ['PathIsEncrypted', () => false],
  ['DirectoryNotEmpty', isDirectoryNotEmpty],
  ['FileNotEmpty', isFileNotEmpty],
  ['FileIsExecutable', isFileExecutable],
  ['User', isUser],
  ['Group', isGroup],
  ['Host', isHost],
  ['Virtualization', isVirtualization],
  ['Environment', isEnvironment],
  ['KernelVersion', isKernelVersion],
  ['KernelCommandLine', isOnCommandLine],
  ['Architecture', isArchitecture],
  ['Capability', isCapability],
  ['ControlGroupController', hasController],
  ['FirstBoot', (port, value) => parseBoolean(value) === port.firstBoot],
  ['NeedsUpdate', needsUpdate],
  ['ACPower', (_port, value) => parseBoolean(value) === true],
  ['Security', isSecurity],
  ['Memory', isMemory],
  ['CPUs', isCpus],
  ['OSRelease', isOsRelease],
  ['Firmware', isFirmware],
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

/** Fifth field of mountinfo, in which blanks are octal escapes: proc_pid_mountinfo(5). */
function isMountPoint(port: ConditionPort, path: string): boolean {
  const table = textAt(port, '/proc/self/mountinfo');
  const wanted = (path.length > 1 ? path.replace(/\/+$/, '') : path).replace(
    /[ \t\n\\]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return table?.split('\n').some((line) => line.split(' ', 5)[4] === wanted) === true;
}

/** Not on a read-only file system; whether the manager may write is not the question. */
function isReadWrite(port: ConditionPort, path: string): boolean {
  const errno: number = port.files.access(path, 2) ?? 0;
  const isMissing = errno === 2 || errno === 20;
  const isReadOnly = errno === 30;
  return !isMissing && !isReadOnly;
}

function isDirectoryNotEmpty(port: ConditionPort, path: string): boolean {
  const entries = port.files.readDirectory(path);
  return typeof entries !== 'number' && entries.length > 0;
}

function isFileNotEmpty(port: ConditionPort, path: string): boolean {
  const status = port.files.status(path);
  return typeof status !== 'number' && status.type === 'file' && status.size > 0;
}

function isFileExecutable(port: ConditionPort, path: string): boolean {
  const status = port.files.status(path);
  return typeof status !== 'number' && status.type === 'file' && (status.mode & 0o111) !== 0;
}

/** Goes down one component at a time, keeping every path that fits so far: glob(7). */
function globExists(port: ConditionPort, pattern: string): boolean {
  let paths = [''];
  for (const component of pattern.split('/').filter((part) => part !== '')) {
    const next: string[] = [];
    for (const path of paths) {
      if (!/[*?[]/.test(component)) {
        const plain = `${path}/${component}`;
        if (typeof port.files.status(plain) !== 'number') next.push(plain);
        continue;
      }
      const entries = port.files.readDirectory(path === '' ? '/' : path);
      if (typeof entries === 'number') continue;
      for (const { name } of entries) {
        const isHidden = name.startsWith('.') && !component.startsWith('.');
        if (!isHidden && matchesGlob(component, name)) next.push(`${path}/${name}`);
      }
    }
    paths = next;
  }
  return paths.length > 0;
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

/** pidone is at home in containers: there it is "container" and the engine's name; elsewhere nothing is known. */
function isVirtualization(port: ConditionPort, parameter: string): boolean {
  if (parameter === 'private-users') {
    const map = textAt(port, '/proc/self/uid_map');
    return map !== undefined && !/^\s*0\s+0\s+4294967295\s*$/.test(map);
  }
  const engine = containerEngine(port);
  const wanted = parseBoolean(parameter);
  if (wanted !== undefined) return wanted === (engine !== undefined);
  return engine !== undefined && (parameter === 'container' || parameter === engine);
}

function containerEngine(port: ConditionPort): string | undefined {
  const told = port.environment().get('container');
  if (told !== undefined && told !== '') return told === 'oci' ? 'container-other' : told;
  if (typeof port.files.status('/run/.containerenv') !== 'number') return 'podman';
  if (typeof port.files.status('/.dockerenv') !== 'number') return 'docker';
  return 'container-other';
}

function isEnvironment(port: ConditionPort, parameter: string): boolean {
  const equals = parameter.indexOf('=');
  if (equals < 0) return port.environment().has(parameter);
  return port.environment().get(parameter.slice(0, equals)) === parameter.slice(equals + 1);
}

function isKernelVersion(port: ConditionPort, parameter: string): boolean {
  const { release } = port.facts.kernel();
  const words = parameter.split(/\s+/).filter((word) => word !== '');
  return words.length > 0 && joinOperators(words).every((word) => versionFits(word, release));
}

/** "< 5.4" is one comparison. */
function joinOperators(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const word of words) {
    const last = joined.at(-1);
    if (last !== undefined && /^[<>=!]+$/.test(last)) joined[joined.length - 1] = last + word;
    else joined.push(word);
  }
  return joined;
}

function versionFits(word: string, version: string): boolean {
  const { operator, value } = splitOperator(word);
  return operator === undefined ? matchesGlob(value, version) : holds(operator, compareVersions(version, value));
}

function holds(operator: Comparison, order: number): boolean {
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '>=':
      return order >= 0;
    case '>':
      return order > 0;
  }
}

/** In a container that is the command line of PID 1. */
function isOnCommandLine(port: ConditionPort, parameter: string): boolean {
  const words = (textAt(port, '/proc/1/cmdline') ?? '').split('\0');
  const hasValue = parameter.includes('=');
  return words.some((word) => word === parameter || (!hasValue && word.startsWith(`${parameter}=`)));
}

const architectures: Readonly<Record<string, string>> = {
  x86_64: 'x86-64',
  aarch64: 'arm64',
  armv7l: 'arm',
  i686: 'x86',
  ppc64le: 'ppc64-le',
  riscv64: 'riscv64',
  s390x: 's390x',
};

function isArchitecture(port: ConditionPort, parameter: string): boolean {
  const { machine } = port.facts.kernel();
  return parameter === 'native' || parameter === (architectures[machine] ?? machine);
}

/** In the bounding set. */
function isCapability(port: ConditionPort, parameter: string): boolean {
  const bit = parseCapability(parameter);
  const set = /^CapBnd:\s*([0-9a-f]+)$/m.exec(textAt(port, '/proc/self/status') ?? '')?.[1];
  return bit !== undefined && set !== undefined && ((BigInt(`0x${set}`) >> BigInt(bit)) & 1n) === 1n;
}

/** "v1", "v2", or controllers that must all be there. */
function hasController(port: ConditionPort, parameter: string): boolean {
  const controllers = textAt(port, '/sys/fs/cgroup/cgroup.controllers');
  if (parameter === 'v2') return controllers !== undefined;
  if (parameter === 'v1') return controllers === undefined;
  const there = (controllers ?? '').trim().split(' ');
  return parameter.split(/\s+/).every((wanted) => there.includes(wanted));
}

/** /etc or /var is older than /usr: systemd-update-done.service(8). */
function needsUpdate(port: ConditionPort, path: string): boolean {
  if (!isReadWrite(port, path)) return false;
  const usr = port.files.status('/usr');
  const mark = port.files.statusNoFollow(`${path.replace(/\/+$/, '')}/.updated`);
  if (typeof usr === 'number') return false;
  return typeof mark === 'number' || usr.modified > mark.modified;
}

function isSecurity(port: ConditionPort, parameter: string): boolean {
  switch (parameter) {
    case 'selinux':
      return typeof port.files.status('/sys/fs/selinux/enforce') !== 'number';
    case 'apparmor':
      return textAt(port, '/sys/module/apparmor/parameters/enabled')?.startsWith('Y') === true;
    case 'smack':
      return typeof port.files.status('/sys/fs/smackfs') !== 'number';
    default:
      return false;
  }
}

function isMemory(port: ConditionPort, parameter: string): boolean {
  const total = /^MemTotal:\s*([0-9]+) kB$/m.exec(textAt(port, '/proc/meminfo') ?? '')?.[1];
  const { operator, value } = splitOperator(parameter);
  const wanted = parseSize(value);
  if (total === undefined || wanted === undefined) return false;
  const bytes = Number(total) * 1024;
  return holds(operator ?? '>=', bytes - Number(wanted));
}

/** CPUs that the manager may run on. */
function isCpus(port: ConditionPort, parameter: string): boolean {
  const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(textAt(port, '/proc/self/status') ?? '')?.[1];
  const { operator, value } = splitOperator(parameter);
  if (list === undefined || !/^[0-9]+$/.test(value)) return false;
  let count = 0;
  for (const range of list.split(',')) {
    const [first, last] = range.split('-').map(Number);
    if (first !== undefined) count += (last ?? first) - first + 1;
  }
  return holds(operator ?? '>=', count - Number(value));
}

/** "ID=debian", "VERSION_ID>=12": os-release(5). */
function isOsRelease(port: ConditionPort, parameter: string): boolean {
  const text = textAt(port, '/etc/os-release') ?? textAt(port, '/usr/lib/os-release');
  if (text === undefined) return false;
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    if (equals > 0) fields.set(line.slice(0, equals), line.slice(equals + 1).replace(/^(['"])(.*)\1$/, '$2'));
  }
  return parameter.split(/\s+/).every((word) => {
    const parts = /^([A-Z0-9_]+)([<>=!]+)(.*)$/.exec(word);
    const known = fields.get(parts?.[1] ?? '') ?? '';
    const wanted = parts?.[3] ?? '';
    const { operator } = splitOperator(`${parts?.[2] ?? ''}0`);
    if (operator === undefined) return false;
    if (operator === '=') return known === wanted;
    if (operator === '!=') return known !== wanted;
    return holds(operator, compareVersions(known, wanted));
  });
}

function isFirmware(port: ConditionPort, parameter: string): boolean {
  if (parameter === 'uefi') return typeof port.files.status('/sys/firmware/efi') !== 'number';
  if (parameter === 'device-tree') return typeof port.files.status('/sys/firmware/devicetree') !== 'number';
  return false;
}

function hasCredential(port: ConditionPort, parameter: string): boolean {
  const directory = port.environment().get('CREDENTIALS_DIRECTORY');
  if (directory === undefined || parameter === '' || parameter.includes('/')) return false;
  return typeof port.files.status(`${directory}/${parameter}`) !== 'number';
}
