/**
 * Units that only a booted machine needs. In a container their work is done by the engine, by pidone itself, or not at all, and
 * packaged units depend on them: so they load, count as started, and run nothing. What the administrator puts under /etc, /run
 * or /usr/local with the same name is started like any other unit.
 */
import type { Fragmentary } from './aliases.ts';
import { builtinDirectory } from './builtin.ts';
import type { UnitFilesPort } from './files.ts';
import type { Dependency, StandIn } from './model.ts';
import { prefixOf, type UnitName, unitType } from './name.ts';

/** The stand-in that `name` is, read from `fragmentPath` ('' without a file), or undefined for a unit like any other. */
export function findStandIn(name: UnitName, fragmentPath: string): StandIn | undefined {
  const byType = ofType(name, fragmentPath);
  if (byType !== undefined) return byType;
  // A target runs nothing in any case; a timer only starts what stands in.
  if (unitType(name) === 'target' || unitType(name) === 'timer' || isOfAdministrator(fragmentPath)) return undefined;
  const stem = prefixOf(name);
  if (fragmentPath.startsWith(builtinDirectory) || (fragmentPath !== '' && stem === useful)) return undefined;
  const row = rows.find(({ names }) => names.test(stem));
  return row === undefined ? undefined : { active: row.active ?? false, reason: row.reason };
}

/**
 * Where a package's unit does what a container must not have done to it, pidone's own goes before it: systemd's tmpfiles unit empties
 * /tmp, which may be the host's or hold sockets of its X server, and forbids logins until another unit allows them.
 */
export function inOurWay(found: Fragmentary): Fragmentary {
  if (found.kind !== 'file' || found.name !== tmpfilesSetup || isOfAdministrator(found.path)) return found;
  const path = `${builtinDirectory}/${found.name}`;
  return { ...found, path, source: path };
}

const tmpfilesSetup = 'systemd-tmpfiles-setup.service' as UnitName;

/** What a link of systemd's package would ask for, where the program came without it (systemd-standalone-tmpfiles). */
export function ownWants(
  name: UnitName,
  { status }: Pick<UnitFilesPort, 'status'>,
  root: string,
): readonly Dependency[] {
  if (name !== 'sysinit.target' || typeof status(`${root}/usr/bin/systemd-tmpfiles`) === 'number') return [];
  return [{ kind: 'Wants', on: tmpfilesSetup, origin: 'link' }];
}

/** What removes what has grown old, as tmpfiles.d says: of use in a container that lives long. */
const useful = 'systemd-tmpfiles-clean';

/** Whether `name` loads though no file has it: a slice, a mount and their like are there by being named, and packages require a few of systemd's own. */
export function isThereWithoutFile(name: UnitName): boolean {
  switch (unitType(name)) {
    case 'slice':
    case 'mount':
    case 'device':
    case 'swap':
      return true;
    default:
      return required.has(name);
  }
}

function isOfAdministrator(path: string): boolean {
  if (path.startsWith('/run/systemd/generator')) return false;
  return path.startsWith('/etc/') || path.startsWith('/run/') || path.startsWith('/usr/local/');
}

function ofType(name: UnitName, fragmentPath: string): StandIn | undefined {
  switch (unitType(name)) {
    case 'mount':
    case 'automount':
    case 'swap':
      return { active: true, reason: "the container's engine mounts" };
    case 'device':
      return { active: true, reason: "the container's engine gives devices" };
    case 'slice':
      return { active: true, reason: 'there are no control groups to divide' };
    case 'socket':
      return fragmentPath === '' ? { active: true, reason: 'no package of the image brings it' } : undefined;
    default:
      return undefined;
  }
}

/** By what comes before `@` or the suffix. */
const rows: readonly { readonly names: RegExp; readonly reason: string; readonly active?: boolean }[] = [
  { names: /^systemd-journal/, reason: 'pidone keeps the log itself', active: true },
  {
    names: /^systemd-(udev|hwdb|modules-load|backlight|rfkill)|^(kmod-static-nodes|modprobe|udev)$/,
    reason: "devices and kernel modules are the host's",
  },
  {
    names: /^(serial-|console-|container-)?getty(-static)?$|^autovt$|^(keyboard|console)-setup$|^setvtrgb$|^plymouth/,
    reason: 'there are no terminals to log in on',
  },
  {
    names: /^systemd-(logind|user-sessions)$|^user(-runtime-dir)?$/,
    reason: 'there are no seats; sessions are those of ssh and of the engine',
  },
  {
    names:
      /^systemd-(networkd|network-generator|resolved|timesyncd|timedated|hostnamed|time-wait-sync)|^(networking|ifup|NetworkManager|wpa_supplicant|ModemManager)/,
    reason: "the container's engine sets up name, network and clock",
  },
  {
    names:
      /^systemd-(remount-fs|fsck|growfs|quotacheck|cryptsetup|veritysetup|integritysetup|repart|gpt-auto|makefs|mkswap)|^(quotaon|lvm2-|dm-event|blk-availability|fstrim|e2scrub_|multipathd|mdadm|mdmonitor|nfs-blkmap)/,
    reason: "file systems and disks are the host's",
  },
  // The rest of systemd's own, and what only installs or repairs machines.
  {
    names:
      /^systemd-|^(emergency|rescue|debug-shell|initrd-.*|grub-.*|apparmor|qemu-guest-agent|pam_namespace|ldconfig)$/,
    reason: 'only a booted machine needs it',
  },
];

/** What packages have in Requires=, and images without systemd's files lack; and pidone's own. */
const required: ReadonlySet<string> = new Set([
  'init.scope',
  'dbus.socket',
  'systemd-journald.socket',
  'systemd-journald-dev-log.socket',
  'systemd-journald.service',
  'systemd-logind.service',
  'systemd-modules-load.service',
  'systemd-remount-fs.service',
  'systemd-sysusers.service',
  'systemd-udevd.service',
  'systemd-user-sessions.service',
]);
