import { complain, type ManagedCall } from '../call.ts';
import { findNames } from '../names.ts';

/** reset-failed: all units, or those that are named. */
export async function resetFailed(call: ManagedCall): Promise<number> {
  const { api, words } = call;
  if (words.length === 0) {
    api.resetFailed(undefined);
    return 0;
  }
  const found = findNames(call, words);
  if (!found.ok) {
    await complain(call, found.message);
    return 1;
  }
  let status = 0;
  for (const name of found.names) {
    const outcome = api.resetFailed(name);
    if (outcome.ok) continue;
    await complain(call, `Failed to reset failed state of unit ${name}: ${outcome.error.message}`);
    status = 1;
  }
  return status;
}
