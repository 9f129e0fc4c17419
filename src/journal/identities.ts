import type { JournalPort, Segment } from './files.ts';
import type { KeeperNumber } from './query.ts';
import type { CommonFields, Field, Identity } from './record.ts';
import { recordsForward } from './segment.ts';

interface Known {
  readonly invocation: string;
  readonly identifier: string;
  /** Of every line of it. */
  readonly fields?: readonly Field[];
}

/**
 * Who the keepers of one unit are. A keeper says it once in each file, before its first line there; a reader that comes from the end of a file
 * has not passed that record yet and looks for it.
 */
export interface Identities {
  learn(identity: Identity | CommonFields): void;
  of(keeper: KeeperNumber, segment: Segment): Known;
}

export function identitiesOf(port: JournalPort, unit: string): Identities {
  const known = new Map<KeeperNumber, Known>();
  const searched = new Set<string>();
  const nameless: Known = { invocation: '', identifier: unit.replace(/\.[a-z]+$/, '') };

  function learn(identity: Identity | CommonFields): void {
    if (identity.kind === 'fields') {
      // It stands right behind the identity.
      known.set(identity.keeper, { ...(known.get(identity.keeper) ?? nameless), fields: identity.fields });
      return;
    }
    const identifier = identity.identifier === '' ? nameless.identifier : identity.identifier;
    known.set(identity.keeper, { ...known.get(identity.keeper), invocation: identity.invocation, identifier });
  }

  function of(keeper: KeeperNumber, segment: Segment): Known {
    const found = known.get(keeper);
    if (found !== undefined) return found;
    if (!searched.has(segment.identity)) {
      searched.add(segment.identity);
      for (const { record } of recordsForward(port, segment, 0)) {
        if (known.has(keeper) && record.kind !== 'fields') break;
        if (record.kind !== 'line') learn(record);
      }
    }
    return known.get(keeper) ?? nameless;
  }

  return { learn, of };
}
