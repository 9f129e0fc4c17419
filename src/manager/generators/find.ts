/** Which programs make units at boot and at daemon-reload: man systemd.generator. */
import type { HostFiles } from '../../host.d.ts';
import { escapePath, parseUnitName, type UnitName } from '../../units/name.ts';

export type FindPort = Pick<HostFiles, 'readDirectory' | 'status' | 'access'>;

/** Best first; the first that has a name decides, and an empty file or /dev/null takes the name away. */
const directories: readonly string[] = [
  '/run/systemd/system-generators',
  '/etc/systemd/system-generators',
  '/usr/local/lib/systemd/system-generators',
  '/usr/lib/systemd/system-generators',
  '/lib/systemd/system-generators',
];

/**
 * Those of systemd itself are passed over. They read the kernel's command line, partitions, fstab and crypttab to mount, to unlock
 * and to offer logins, all of which is the host's; init scripts are read by pidone itself; rc.local is asked for by its own unit's condition.
 */
const passedOver =
  /^systemd-(bless-boot|cryptsetup|debug|fstab|getty|gpt-auto|hibernate-resume|integritysetup|rc-local|run|ssh|system-update|sysv|tpm2|veritysetup)-generator$/;

/** Absolute paths, by file name. */
export function findGenerators(port: FindPort): readonly string[] {
  const found = new Map<string, string>();
  const seen = new Set<string>();
  for (const directory of directories) {
    const status = port.status(directory);
    if (typeof status === 'number' || seen.has(status.identity)) continue;
    seen.add(status.identity);
    const entries = port.readDirectory(directory);
    if (typeof entries === 'number') continue;
    for (const { name } of entries) if (!found.has(name)) found.set(name, `${directory}/${name}`);
  }
  return [...found]
    .filter(([name, path]) => !passedOver.test(name) && isProgram(port, path))
    .map(([, path]) => path)
    .sort();
}

/** Whether init scripts are to be read: who masks systemd's generator of them wants none. */
export function readsScripts(port: FindPort): boolean {
  return ['/run', '/etc', '/usr/local/lib'].every((directory) => {
    const status = port.status(`${directory}/systemd/system-generators/systemd-sysv-generator`);
    return typeof status === 'number' || (status.type === 'file' && status.size > 0);
  });
}

function isProgram(port: FindPort, path: string): boolean {
  const status = port.status(path);
  return typeof status !== 'number' && status.type === 'file' && status.size > 0 && port.access(path, 1) === undefined;
}

const prefix = 'pidone-generator@';

/** The unit that runs a generator; undefined for a path that is too long for a name. */
export function generatorUnit(path: string): UnitName | undefined {
  return parseUnitName(`${prefix}${escapePath(path) ?? ''}.service`);
}

export function isGeneratorUnit(name: UnitName): boolean {
  return name.startsWith(prefix);
}
