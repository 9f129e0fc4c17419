/**
 * What the commands of a unit share beside their keeper: the directories of PrivateTmp=, the namespaces of PrivateNetwork= and
 * PrivateIPC=. It comes with the unit's keeper and goes with its release, but for JoinsNamespaceOf=: who joins holds it as well,
 * under the name of the unit that it was made for. Source: exec_runtime_acquire() and unit_setup_exec_runtime() of systemd 252.
 */
import type { Host } from '../host.d.ts';
import type { Unit } from '../units/model.ts';
import type { UnitName } from '../units/name.ts';
import type { KeeperRecord } from './keepers.ts';
import { spacesDirectory, temporaryDirectories } from './sandbox/fields.ts';

/** Plain data: the store keeps it with the keeper. */
export interface Space {
  /** The unit that it was made for, and the invocation. */
  readonly of: UnitName;
  readonly id: string;
}

export interface Spaces {
  /** For a keeper of the unit that is about to be made; undefined: its commands share nothing. `names`: the real name of a unit. */
  take(unit: Unit, invocation: string, names: ReadonlyMap<UnitName, UnitName>): Space | undefined;
  /** The keeper is released or gone; the last one's goes with what is in it. */
  release(record: KeeperRecord): void;
  /** After a restart of the manager. */
  resume(records: Iterable<KeeperRecord>): void;
}

const sharing = /^(?:PrivateTmp|PrivateNetwork|PrivateIPC|DynamicUser|NetworkNamespacePath|IPCNamespacePath)$/;

export function createSpaces(
  host: Pick<Host, 'makeDirectory' | 'remove' | 'removeTree'>,
  runtimeDirectory: string,
): Spaces {
  const held = new Map<UnitName, { readonly space: Space; holders: number }>();

  function hold(space: Space): Space {
    const known = held.get(space.of);
    if (known === undefined) held.set(space.of, { space, holders: 1 });
    else known.holders += 1;
    return space;
  }

  return {
    take({ name, accepted, dependencies }, invocation, names) {
      for (const { kind, on } of dependencies) {
        if (kind !== 'JoinsNamespaceOf') continue;
        const other = held.get(names.get(on) ?? on);
        if (other !== undefined) return hold(other.space);
      }
      if (accepted.size === 0) return undefined;
      const keys = [...accepted].filter(([key, value]) => sharing.test(key) && value !== 'no').map(([key]) => key);
      // Somebody who has joined may still hold it.
      const own = held.get(name);
      if (own !== undefined) return hold(own.space);
      if (keys.length === 0) return undefined;
      if (keys.some((key) => !/Tmp|User/.test(key))) host.makeDirectory(spacesDirectory(runtimeDirectory), 0o700);
      return hold({ of: name, id: invocation });
    },
    release(record) {
      const { space } = record;
      if (space === undefined) return;
      record.space = undefined;
      const known = held.get(space.of);
      if (known !== undefined && --known.holders > 0) return;
      held.delete(space.of);
      for (const path of temporaryDirectories(space)) host.removeTree(path);
      host.remove(`${spacesDirectory(runtimeDirectory)}/${space.id}`);
    },
    resume(records) {
      for (const { space } of records) if (space !== undefined) hold(space);
    },
  };
}
