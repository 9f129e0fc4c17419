import type { ActiveState } from '../../manager/api.ts';
import { complain, type ManagedCall } from '../call.ts';
import { explainTemplate, findNames } from '../names.ts';

/** is-active: 0 when any is active or reloading, else 3. */
export function isActive(call: ManagedCall): Promise<number> {
  return tellStates(call, ['active', 'reloading'], 3);
}

/** is-failed: 0 when any has failed, else 1. */
export function isFailed(call: ManagedCall): Promise<number> {
  return tellStates(call, ['failed'], 1);
}

async function tellStates(call: ManagedCall, good: readonly ActiveState[], otherwise: number): Promise<number> {
  const found = findNames(call, call.words);
  if (!found.ok) {
    await complain(call, found.message);
    return 1;
  }
  const template = explainTemplate(found.names);
  if (template !== undefined) {
    await complain(call, `Failed to retrieve unit state: ${template}`);
    return 1;
  }
  const states = found.names.map((name) => call.api.view(name).active);
  if (!call.options.quiet) await call.client.stdout(states.map((state) => `${state}\n`).join(''));
  return states.some((state) => good.includes(state)) ? 0 : otherwise;
}
