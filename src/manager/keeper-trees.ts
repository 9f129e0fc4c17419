/** Which processes belong to which unit, by the keeper that they are below. */
import type { HostFiles } from '../host.d.ts';
import type { UnitName } from '../units/name.ts';
import type { KeeperRecord } from './keepers.ts';

/** pids of the keepers whose tree belongs to the unit, the newest (the current one) first. */
export function keeperPidsOf(records: Iterable<KeeperRecord>, unit: UnitName): readonly number[] {
  const pids: number[] = [];
  for (const record of records) if (record.unit === unit && record.pid > 0 && !record.lost) pids.push(record.pid);
  return pids.reverse();
}

/** The unit that the process is below a keeper of; undefined: of none, or it is gone. */
export function unitOfProcess(
  files: Pick<HostFiles, 'readFile'>,
  records: Iterable<KeeperRecord>,
  pid: number,
): UnitName | undefined {
  const units = new Map<number, UnitName>();
  for (const record of records) if (record.pid > 0 && !record.lost) units.set(record.pid, record.unit);
  // Each pid is looked at once: the parents may change while they are read.
  const seen = new Set<number>();
  for (let process = pid; process > 1 && !seen.has(process);) {
    const unit = units.get(process);
    if (unit !== undefined) return unit;
    seen.add(process);
    const stat = files.readFile(`/proc/${process}/stat`, 4096);
    if (typeof stat === 'number') return undefined;
    // The name in parentheses may hold anything; what follows the last one does not.
    process = Number(/^ \S (\d+)/.exec(stat.slice(stat.lastIndexOf(')') + 1))?.[1] ?? 0);
  }
  return undefined;
}
