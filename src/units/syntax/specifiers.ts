import { instanceOf, prefixOf, stemOf, unescapeName, type UnitName } from '../name.ts';

/** What specifiers say about this machine, this manager and its user; asked only when a file has them. */
export interface SpecifierContext {
  machineId(): string;
  bootId(): string;
  hostName(): string;
  kernelRelease(): string;
  /** systemd's word: x86-64, arm64 … */
  architecture(): string;
  /** A field of os-release, '' where it has none: ID, VERSION_ID, BUILD_ID, VARIANT_ID, IMAGE_ID, IMAGE_VERSION. */
  osRelease(field: string): string;
  /** Of the manager, not of User=. */
  user(): { readonly name: string; readonly uid: number; readonly home: string; readonly shell: string };
  group(): { readonly name: string; readonly gid: number };
  /** /tmp and /var/tmp, or what TMPDIR says. */
  temporaryDirectory(): string;
  persistentTemporaryDirectory(): string;
  /** What the folder of credentials is below, of a manager that is not root. */
  readonly credentials?: string | undefined;
}

/** The unit that a file is read for. */
export interface SpecifierUnit {
  readonly name: UnitName;
  readonly fragmentPath: string;
  /** As Slice= has set it so far; undefined before. */
  readonly slice?: string | undefined;
}

/** `names`: what a unit name may have, for lists of dependencies and [Install]: names and the machine's. `full`: all of them. */
export type SpecifierFlavour = 'names' | 'full';

export type Expanded =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly specifier: string };

/**
 * `text` with its %-specifiers replaced; not ok for a letter or digit that is none (systemd's -EBADSLT). A % before
 * another character, or at the end, stays. Sources: specifier_printf() in src/shared/specifier.c, src/core/unit-printf.c;
 * man systemd.unit, SPECIFIERS.
 */
export function expandSpecifiers(
  text: string,
  unit: SpecifierUnit,
  context: SpecifierContext,
  flavour: SpecifierFlavour,
): Expanded {
  if (!text.includes('%')) return { ok: true, text };
  let bad: string | undefined;
  const result = text.replace(/%([a-zA-Z0-9%])/g, (whole, letter: string) => {
    if (letter === '%') return '%';
    const value =
      (flavour === 'full' ? fullSpecifier(letter, unit, context) : undefined) ?? commonSpecifier(letter, unit, context);
    if (value === undefined) bad ??= whole;
    return value ?? '';
  });
  return bad === undefined ? { ok: true, text: result } : { ok: false, specifier: bad };
}

/** `text` so that expandSpecifiers() gives it again. */
export function escapeSpecifiers(text: string): string {
  return text.replaceAll('%', '%%');
}

/** Allowed everywhere. */
function commonSpecifier(letter: string, unit: SpecifierUnit, context: SpecifierContext): string | undefined {
  switch (letter) {
    case 'n':
      return unit.name;
    case 'N':
      return stemOf(unit.name);
    case 'p':
      return prefixOf(unit.name);
    case 'i':
      return instanceOf(unit.name) ?? '';
    case 'j':
      return prefixOf(unit.name).slice(prefixOf(unit.name).lastIndexOf('-') + 1);
    case 'a':
      return context.architecture();
    case 'A':
      return context.osRelease('IMAGE_VERSION');
    case 'b':
      return context.bootId();
    case 'B':
      return context.osRelease('BUILD_ID');
    case 'H':
      return context.hostName();
    case 'l':
    case 'q':
      return letter === 'l' ? context.hostName().replace(/\..*$/s, '') : context.hostName();
    case 'm':
      return context.machineId();
    case 'M':
      return context.osRelease('IMAGE_ID');
    case 'o':
      return context.osRelease('ID');
    case 'v':
      return context.kernelRelease();
    case 'w':
      return context.osRelease('VERSION_ID');
    case 'W':
      return context.osRelease('VARIANT_ID');
    case 'g':
      return context.group().name;
    case 'G':
      return String(context.group().gid);
    case 'u':
      return context.user().name;
    case 'U':
      return String(context.user().uid);
    default:
      return undefined;
  }
}

function fullSpecifier(letter: string, unit: SpecifierUnit, context: SpecifierContext): string | undefined {
  switch (letter) {
    case 'I':
      return unescapeName(instanceOf(unit.name) ?? '');
    case 'J':
      return unescapeName(prefixOf(unit.name).slice(prefixOf(unit.name).lastIndexOf('-') + 1));
    case 'P':
      return unescapeName(prefixOf(unit.name));
    case 'f': {
      const path = unescapeName(instanceOf(unit.name) ?? prefixOf(unit.name));
      return path === undefined ? undefined : `/${path.replace(/^\/+/, '')}`;
    }
    case 'y':
      return unit.fragmentPath;
    case 'Y':
      return unit.fragmentPath.slice(0, Math.max(unit.fragmentPath.lastIndexOf('/'), 1));
    case 'c':
    case 'r':
    case 'R':
      return cgroupPath(letter, unit);
    case 'C':
      return '/var/cache';
    case 'd':
      return `${context.credentials ?? '/run'}/credentials/${unit.name}`;
    case 'D':
      // Of later versions; 252 knows none.
      return '/usr/share';
    case 'E':
      return '/etc';
    case 'L':
      return '/var/log';
    case 'S':
      return '/var/lib';
    case 't':
      return '/run';
    case 'h':
      return context.user().home;
    case 's':
      return context.user().shell;
    case 'T':
      return context.temporaryDirectory();
    case 'V':
      return context.persistentTemporaryDirectory();
    default:
      return undefined;
  }
}

/**
 * Deprecated specifiers of the control group's path. While files are read there is no slice but what Slice= has set further up, nor has the
 * manager a group of its own. Source: specifier_cgroup() and its like in systemd's src/core/unit-printf.c.
 */
function cgroupPath(letter: 'c' | 'r' | 'R', { name, slice = '-.slice' }: SpecifierUnit): string {
  if (letter === 'R') return '';
  const stem = stemOf(slice as UnitName);
  const parts = slice === '-.slice' ? [] : stem.split('-').map((_, index, all) => all.slice(0, index + 1).join('-'));
  const path = parts.map((part) => `/${escapeGroup(`${part}.slice`)}`).join('');
  return letter === 'c' ? `${path}/${escapeGroup(name)}` : path;
}

/** What would be taken for one of the kernel's own files has an underscore before it. Source: cg_escape() in systemd's src/basic/cgroup-util.c. */
function escapeGroup(name: string): string {
  return kernelFile.test(name) ? `_${name}` : name;
}

const kernelFile =
  /^(?:[._]|cgroup\.|(?:cpu|cpuacct|cpuset|io|blkio|memory|devices|pids|bpf-(?:firewall|devices|foreign|socket-bind|restrict-network-interfaces))\.|(?:notify_on_release|release_agent|tasks)$)/;
