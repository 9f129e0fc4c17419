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

/** pids of the processes that are marked with the number of the unit's scope (docs/adr/0003-keepers-not-cgroups.md). */
export function membersOf(
  files: Pick<HostFiles, 'readDirectory' | 'readFile'>,
  records: Iterable<KeeperRecord>,
  unit: UnitName,
): readonly number[] {
  const numbers = new Set<bigint>();
  for (const record of records) if (record.scope !== undefined && record.unit === unit) numbers.add(BigInt(record.id));
  const entries = numbers.size === 0 ? [] : files.readDirectory('/proc');
  if (typeof entries === 'number') return [];
  return entries.flatMap(({ name }) => {
    const limits = /^\d+$/.test(name) ? files.readFile(`/proc/${name}/limits`, 8192) : '';
    const soft = typeof limits === 'string' ? /^Max file locks +(\d+) /m.exec(limits)?.[1] : undefined;
    const mark = BigInt(soft ?? 0);
    return mark >> 48n === 0x7064n && numbers.has(mark & 0xffffffffn) ? [Number(name)] : [];
  });
}
