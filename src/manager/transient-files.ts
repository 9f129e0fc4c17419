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

/**
 * Where the client of a transient unit listens that gives its descriptors (systemd-run --pipe, --pty); '' for none. A link of
 * the unit's name says so: it outlives the manager.
 */
export function streamsOf(files: Pick<HostFiles, 'readLink'>, runtimeDirectory: string, unit: Unit): string {
  const path = isTransient(unit) ? files.readLink(streamsLink(runtimeDirectory, unit.name)) : '';
  return typeof path === 'string' ? path : '';
}

/** The client goes first, or has been killed. */
export function dropStreams(
  files: Pick<HostFiles, 'readLink' | 'remove'>,
  runtimeDirectory: string,
  name: UnitName,
): void {
  const link = streamsLink(runtimeDirectory, name);
  const path = files.readLink(link);
  if (typeof path === 'string') files.remove(path);
  files.remove(link);
}

export function streamsLink(runtimeDirectory: string, name: string): string {
  return `${streamsDirectory(runtimeDirectory)}/${name}`;
}

export function streamsDirectory(runtimeDirectory: string): string {
  return `${runtimeDirectory}/streams`;
}
