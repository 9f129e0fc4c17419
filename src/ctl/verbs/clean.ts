/** clean: removes what a service that is down has left; systemctl's verb_clean_or_freeze(). freeze, thaw: the same way, by signals. */
import type { CleanKind } from '../../manager/api.ts';
import { complain, type ManagedCall } from '../call.ts';
import { findNames } from '../names.ts';
import type { Outcome } from '../../manager/api.ts';
import type { UnitName } from '../../units/name.ts';

const directories = ['runtime', 'state', 'cache', 'logs', 'configuration'] as const;
const kinds: readonly CleanKind[] = [...directories, 'fdstore'];

export async function clean(call: ManagedCall): Promise<number> {
  const { what } = call.options;
  const asked = what.length > 0 ? what : ['cache', 'runtime', 'fdstore'];
  const chosen = new Set<CleanKind>();
  for (const word of asked) {
    const kind = kinds.find((each) => each === word);
    if (word === 'all') for (const each of kinds) chosen.add(each);
    else if (kind !== undefined) chosen.add(kind);
    else
      return each(call, () => ({
        ok: false,
        error: { code: 'InvalidArgs', message: `Invalid resource type: ${word}` },
      }));
  }
  return each(call, (name) => call.api.clean(name, [...chosen]));
}

/** Tells, as systemd's cgroup freezer does more: new processes of the unit, and those that are stopped, are seen by their parents. */
export function freeze(call: ManagedCall): Promise<number> {
  return each(call, (name) => call.api.freeze(name, call.verb === 'thaw' ? 'thaw' : 'freeze'));
}

async function each(call: ManagedCall, act: (name: UnitName) => Outcome<undefined>): Promise<number> {
  const found = findNames(call, call.words);
  if (!found.ok) {
    await complain(call, found.message);
    return 1;
  }
  let status = 0;
  for (const name of found.names) {
    call.api.view(name);
    const outcome = act(name);
    if (outcome.ok) continue;
    await complain(call, `Failed to ${call.verb} unit ${name}: ${outcome.error.message}`);
    status = 1;
  }
  return status;
}
