/** When the boot was done and units became active, counted from when pidone began: systemd's src/analyze/analyze-time-data.c. */
import type { UnitName } from '../../units/name.ts';
import { type ManagedAnalyzeCall, refuse } from './call.ts';

/** usec since pidone began; 0: never. */
export interface UnitTimes {
  readonly name: UnitName;
  readonly activating: number;
  readonly activated: number;
  /** How long its start took, or if it ended at once, all of it. */
  readonly took: number;
}

/** How long the boot took (usec); undefined: it goes on, which was told. */
export async function bootTime(call: ManagedAnalyzeCall): Promise<number | undefined> {
  const { bootUsec } = call.api.system();
  if (bootUsec === undefined)
    await refuse(
      call,
      "Bootup is not yet finished (org.freedesktop.systemd1.Manager.FinishTimestampMonotonic=0).\nPlease try again later.\nHint: Use 'systemctl list-jobs' to see active jobs",
    );
  return bootUsec;
}

/** The units that were ever started. */
export function unitTimes({ api }: ManagedAnalyzeCall): ReadonlyMap<UnitName, UnitTimes> {
  const begin = api.system().started.monotonic;
  // What came in the very moment of the begin is no less a time.
  const since = ({ monotonic }: { readonly monotonic: number }): number =>
    monotonic === 0 ? 0 : Math.max(1, monotonic - begin);
  const times = new Map<UnitName, UnitTimes>();
  for (const { unit, stamps } of api.list()) {
    if (stamps.inactiveExit.monotonic === 0) continue;
    const [activating, activated, deactivated] = [stamps.inactiveExit, stamps.activeEnter, stamps.inactiveEnter].map(
      since,
    );
    if (activating === undefined || activated === undefined || deactivated === undefined) continue;
    const end = activated >= activating ? activated : Math.max(activating, deactivated);
    times.set(unit.name, { name: unit.name, activating, activated, took: end - activating });
  }
  return times;
}
