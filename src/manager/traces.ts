/** What units leave on the disk, and who removes it when its time is over. */
import type { Errno, Host } from '../host.d.ts';
import type { Unit } from '../units/model.ts';
import type { UnitName } from '../units/name.ts';
import { secretsDirectory } from '../units/secret-settings.ts';
import { directoryTraces } from './directories.ts';
import { type ExecutionPort, idsOf } from './execution.ts';
import type { CleanKind } from './service/event.ts';
import type * as SharedMemoryPart from './shared-memory.ts';
import type { SharedMemoryPort } from './shared-memory.ts';
import type { ActiveState } from './state.ts';

export interface Traces {
  /** The credentials that were gathered for the unit's commands. */
  removeSecrets(unit: UnitName): void;
  /** RuntimeDirectory= and its like; whether all that was there is gone. */
  removeDirectories(unit: UnitName, kinds: readonly CleanKind[]): boolean;
  /** RemoveIPC=: of those users and groups of the unit that no other unit has which is up. */
  removeIpc(unit: UnitName): void;
}

export function isUp(active: ActiveState): boolean {
  return active !== 'inactive' && active !== 'failed';
}

/** warn: tells of what could not be removed, with the unit that it was of. */
export function createTraces(
  host: Pick<Host, 'errorText' | 'load'> & SharedMemoryPort,
  execution: ExecutionPort,
  unitOf: (name: UnitName) => Unit | undefined,
  upUnits: () => readonly { readonly unit: Unit }[],
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
    removeIpc(name) {
      const unit = unitOf(name);
      const ids = unit === undefined ? undefined : idsOf(unit, execution);
      if (ids === undefined) return;
      const others = upUnits().filter((other) => other.unit !== unit);
      const isFree = (key: 'uid' | 'gid'): boolean =>
        !others.some((other) => idsOf(other.unit, execution)?.[key] === ids[key]);
      (host.load('manager/shared-memory.ts') as typeof SharedMemoryPart).removeShared(
        { uid: isFree('uid') ? ids.uid : undefined, gid: isFree('gid') ? ids.gid : undefined },
        host,
      );
    },
  };
}
