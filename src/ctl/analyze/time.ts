import type { UnitName } from '../../units/name.ts';
import { formatDuration } from '../../units/values/duration.ts';
import { bootTime, unitTimes } from './boot-times.ts';
import type { ManagedAnalyzeCall } from './call.ts';

/** How long the boot took, and when its target was reached. A container has no firmware, loader, kernel and initrd of its own. */
export async function time(call: ManagedAnalyzeCall): Promise<number> {
  const took = await bootTime(call);
  if (took === undefined) return 1;
  const target = bootTarget(call);
  const reached = unitTimes(call).get(target)?.activated ?? 0;
  const when = reached > 0 ? `reached after ${formatDuration(reached, 1000)} in userspace` : 'was never reached';
  await call.client.stdout(`Startup finished in ${formatDuration(took, 1000)} (userspace) \n${target} ${when}.\n`);
  return 0;
}

/** What default.target is, or what was started in its place. */
export function bootTarget({ api }: ManagedAnalyzeCall): UnitName {
  const { unit } = api.view('default.target' as UnitName);
  return unit.load === 'loaded' ? unit.name : api.system().bootTarget;
}
