/** Where the files of transient units are, and how they go again (systemd's src/core/unit.c, unit_free()). */
import type { HostFiles } from '../host.d.ts';
import type { Unit } from '../units/model.ts';
import type { UnitName } from '../units/name.ts';
import type { World } from './world.ts';

export const transientDirectory = '/run/systemd/transient';

export function isTransient({ fragmentPath }: Unit): boolean {
  return fragmentPath.startsWith(`${transientDirectory}/`);
}

export function removeTransient(files: Pick<HostFiles, 'remove' | 'removeTree'>, name: UnitName): void {
  files.remove(`${transientDirectory}/${name}`);
  files.removeTree(`${transientDirectory}/${name}.d`);
}

/** What an earlier life of the container left there, or a manager that died before it had stored the unit. */
export function sweepTransient(
  files: Pick<HostFiles, 'readDirectory' | 'remove' | 'removeTree'>,
  { records }: Pick<World, 'records'>,
): void {
  const entries = files.readDirectory(transientDirectory);
  if (typeof entries === 'number') return;
  for (const { name } of entries) {
    const unit = (name.endsWith('.d') ? name.slice(0, -2) : name) as UnitName;
    if (!records.has(unit)) removeTransient(files, unit);
  }
}
