/** Conditions about the machine: what a container sees of it (src/shared/condition.c). undefined: the parameter makes no sense. */
import { extractWords } from '../units/syntax/words.ts';
import { parseBoolean } from '../units/values/boolean.ts';
import { parseCapability } from '../units/values/capability.ts';
import { parseSize } from '../units/values/size.ts';
import { numberHolds, splitOperator, versionHolds } from './condition-values.ts';
import type { ConditionPort } from './conditions.ts';

function textAt(port: ConditionPort, path: string): string | undefined {
  const text = port.files.readFile(path, 1 << 20);
  return typeof text === 'number' ? undefined : text;
}

function isThere(port: ConditionPort, path: string): boolean {
  return typeof port.files.status(path) !== 'number';
}

/** systemd's names of container engines; what else $container says is "container-other". */
const engines: ReadonlySet<string> = new Set(
  'systemd-nspawn lxc-libvirt lxc openvz docker podman rkt wsl proot pouch'.split(' '),
);

/** pidone is at home in containers: there it is "container" and the engine's name; no virtual machine is known. */
export function isVirtualization(port: ConditionPort, parameter: string): boolean {
  if (parameter === 'private-users') {
    const map = textAt(port, '/proc/self/uid_map');
    return map !== undefined && !/^\s*0\s+0\s+4294967295\s*$/.test(map);
  }
  return parseBoolean(parameter) ?? (parameter === 'container' || parameter === containerEngine(port));
}

function containerEngine(port: ConditionPort): string {
  const told = port.environment().get('container') ?? '';
  if (told !== '' && told !== 'oci') return engines.has(told) ? told : 'container-other';
  if (isThere(port, '/run/.containerenv')) return 'podman';
  return isThere(port, '/.dockerenv') ? 'docker' : 'container-other';
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

export function isArchitecture(port: ConditionPort, parameter: string): boolean {
  const { machine } = port.facts.kernel();
  return parameter === 'native' || parameter === (architectures[machine] ?? machine);
}

/** In the bounding set. */
export function isCapability(port: ConditionPort, parameter: string): boolean | undefined {
  const bit = parseCapability(parameter);
  const set = /^CapBnd:\s*([0-9a-f]+)$/m.exec(textAt(port, '/proc/self/status') ?? '')?.[1];
  if (bit === undefined || set === undefined) return undefined;
  return ((BigInt(`0x${set}`) >> BigInt(bit)) & 1n) === 1n;
}

const controllers: ReadonlySet<string> = new Set('cpu cpuacct cpuset io blkio memory devices pids'.split(' '));

/** "v1", "v2", or controllers that must all be there; words that are none do not count, and of none at all nothing is asked. */
export function hasController(port: ConditionPort, parameter: string): boolean {
  const list = textAt(port, '/sys/fs/cgroup/cgroup.controllers');
  if (parameter === 'v2') return list !== undefined;
  if (parameter === 'v1') return list === undefined && isThere(port, '/sys/fs/cgroup/memory');
  const there = (list ?? '').trim().split(' ');
  const asked = parameter.split(/\s+/).filter((word) => controllers.has(word));
  return asked.every((wanted) => there.includes(wanted));
}

/** A container's mains are its host's affair. */
export function isOnAcPower(_port: ConditionPort, parameter: string): boolean | undefined {
  return parseBoolean(parameter);
}

export function isSecurity(port: ConditionPort, parameter: string): boolean {
  switch (parameter) {
    case 'selinux':
      return isThere(port, '/sys/fs/selinux/enforce');
    case 'apparmor':
      return textAt(port, '/sys/module/apparmor/parameters/enabled')?.startsWith('Y') === true;
    case 'smack':
      return isThere(port, '/sys/fs/smackfs');
    case 'ima':
      return isThere(port, '/sys/kernel/security/ima');
    case 'tomoyo':
      return isThere(port, '/sys/kernel/security/tomoyo/version');
    default:
      // audit, tpm2, uefi-secureboot: not a container's.
      return false;
  }
}

/** Of the machine, or what the control group leaves of it. */
export function isMemory(port: ConditionPort, parameter: string): boolean | undefined {
  const total = /^MemTotal:\s*([0-9]+) kB$/m.exec(textAt(port, '/proc/meminfo') ?? '')?.[1];
  const { operator, value } = splitOperator(parameter);
  const wanted = parseSize(value);
  if (total === undefined || wanted === undefined) return undefined;
  const limit = /^[0-9]+/.exec(textAt(port, '/sys/fs/cgroup/memory.max') ?? '')?.[0];
  const bytes = Math.min(Number(total) * 1024, limit === undefined ? Infinity : Number(limit));
  return numberHolds(operator ?? '>=', bytes - Number(wanted));
}

/** CPUs that the manager may run on. */
export function isCpus(port: ConditionPort, parameter: string): boolean | undefined {
  const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(textAt(port, '/proc/self/status') ?? '')?.[1];
  const { operator, value } = splitOperator(parameter);
  const wanted = value.trim();
  if (list === undefined || !/^[0-9]+$/.test(wanted)) return undefined;
  let count = 0;
  for (const range of list.split(',')) {
    const [first, last] = range.split('-').map(Number);
    if (first !== undefined) count += (last ?? first) - first + 1;
  }
  return numberHolds(operator ?? '>=', count - Number(wanted));
}

/** What systemd asks the processor for by name; where the kernel says it differently, its word behind a colon. */
const features =
  'fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ht pni pclmul:pclmulqdq monitor ssse3 fma3:fma cx16 sse4_1 sse4_2 movbe popcnt aes xsave osxsave:xsave avx f16c rdrand bmi1 avx2 bmi2 rdseed adx sha_ni syscall rdtscp lm lahf_lm abm constant_tsc';

/** Known of x86 alone. */
export function hasCpuFeature(port: ConditionPort, parameter: string): boolean {
  const wanted = parameter.toLowerCase();
  const known = features.split(' ').find((feature) => feature.split(':', 1)[0] === wanted);
  if (known === undefined) return false;
  const flags = /^flags\s*:(.*)$/m.exec(textAt(port, '/proc/cpuinfo') ?? '')?.[1];
  return flags?.split(' ').includes(known.slice(known.indexOf(':') + 1)) === true;
}

export function isFirmware(port: ConditionPort, parameter: string): boolean | undefined {
  if (parameter === 'uefi') return isThere(port, '/sys/firmware/efi');
  if (parameter === 'device-tree') return isThere(port, '/sys/firmware/devicetree');
  const [, name, argument] = /^(device-tree-compatible|smbios-field)\((.*)$/s.exec(parameter) ?? [];
  if (name === undefined || argument === undefined) return false;
  const inner = argument.endsWith(')') ? argument.slice(0, -1) : undefined;
  if (name === 'smbios-field') return inner === undefined ? undefined : isSmbios(port, inner);
  const compatible = textAt(port, '/proc/device-tree/compatible');
  return inner !== undefined && compatible?.endsWith('\0') === true && compatible.split('\0').includes(inner);
}

/** `sys_vendor = QEMU*`, of /sys/class/dmi/id. */
function isSmbios(port: ConditionPort, expression: string): boolean | undefined {
  const [, field, rest = ''] = /^([^!$<=>/]+?)\s*([!$<=>].*)$/s.exec(expression) ?? [];
  const { operator, value } = splitOperator(rest);
  const { words, complete } = extractWords(value, 'unquote');
  const [asked] = words;
  if (field === undefined || operator === undefined || asked === undefined || words.length > 1 || !complete) {
    return undefined;
  }
  const there = textAt(port, `/sys/class/dmi/id/${field}`);
  return there === undefined ? false : versionHolds(operator, there.trimEnd(), asked);
}

/** How long a share of the time some (or all) wait for memory, processor or disk: "10%", "10%/1min"; of a slice nothing is known. */
export function hasLittlePressure(kind: 'memory' | 'cpu' | 'io') {
  return (port: ConditionPort, parameter: string): boolean | undefined => {
    const text = textAt(port, `/proc/pressure/${kind}`);
    if (text === undefined || parameter.includes(':')) return true;
    const [, whole = '', decimals = '', unit = '%', span = '5min'] =
      /^\s*(\d+)(?:\.(\d{1,2}))?(%|‰|‱)\s*(?:\/\s*(10sec|1min|5min).*)?$/.exec(parameter) ?? [];
    if (whole === '') return undefined;
    const limit = Number(`${whole}.${decimals}`) / (unit === '%' ? 1 : unit === '‰' ? 10 : 100);
    const line = new RegExp(`^${kind === 'cpu' ? 'some' : 'full'} .*${averages[span] ?? ''}=([0-9.]+)`, 'm').exec(text);
    return line?.[1] === undefined ? undefined : Number(line[1]) <= limit;
  };
}

const averages: Readonly<Record<string, string>> = { '10sec': 'avg10', '1min': 'avg60', '5min': 'avg300' };
