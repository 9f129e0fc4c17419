/** What units leave on the disk, and who removes it when its time is over. */
import type { Errno, Host } from '../host.d.ts';
import type { Unit } from '../units/model.ts';
import type { UnitName } from '../units/name.ts';
import { secretsDirectory } from '../units/secret-settings.ts';
import { directoryTraces } from './directories.ts';
import type { ExecutionPort } from './execution.ts';
import type { CleanKind } from './service/event.ts';

export interface Traces {
  /** The credentials that were gathered for the unit's commands. */
  removeSecrets(unit: UnitName): void;
  /** RuntimeDirectory= and its like; whether all that was there is gone. */
  removeDirectories(unit: UnitName, kinds: readonly CleanKind[]): boolean;
}

/** warn: tells of what could not be removed, with the unit that it was of. */
export function createTraces(
  host: Pick<Host, 'removeTree' | 'errorText'>,
  execution: ExecutionPort,
  unitOf: (name: UnitName) => Unit | undefined,
  warn: (unit: UnitName, message: string) => void,
): Traces {
  function remove(unit: UnitName, directory: string): boolean {
    const errno: Errno | undefined = host.removeTree(directory);
    if (errno !== undefined) warn(unit, `Failed to remove ${directory}: ${host.errorText(errno)}`);
    return errno === undefined;
  }

  return {
    removeSecrets(unit) {
      remove(unit, secretsDirectory(unit, execution));
    },
    removeDirectories(unit, kinds) {
      const directories = unitOf(unit)?.service?.exec.directories;
      let isGone = true;
      for (const kind of kinds) {
        if (kind === 'fdstore') continue;
        if (directories === undefined || directories[kind].paths.length === 0) continue;
        for (const directory of directoryTraces(kind, directories[kind])) isGone = remove(unit, directory) && isGone;
      }
      return isGone;
    },
  };
}
