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

/** The scope that the process is marked for, else the unit that it is below a keeper of; undefined: of none, or it is gone. */
export function unitOfProcess(
  files: Pick<HostFiles, 'readFile'>,
  records: Iterable<KeeperRecord>,
  pid: number,
): UnitName | undefined {
  const known = [...records];
  const scopes = scopesOf(known);
  const scope = scopes.size === 0 ? undefined : markOf(files, pid, scopes);
  if (scope !== undefined) return scope;
  const units = new Map<number, UnitName>();
  for (const record of known) if (record.pid > 0 && !record.lost) units.set(record.pid, record.unit);
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
  const scopes = scopesOf(records);
  if (![...scopes.values()].includes(unit)) return [];
  const entries = files.readDirectory('/proc');
  if (typeof entries === 'number') return [];
  return entries.flatMap(({ name }) =>
    /^\d+$/.test(name) && markOf(files, name, scopes) === unit ? [Number(name)] : [],
  );
}

/** Scopes by their numbers. */
function scopesOf(records: Iterable<KeeperRecord>): ReadonlyMap<bigint, UnitName> {
  const scopes = new Map<bigint, UnitName>();
  for (const record of records) if (record.scope !== undefined) scopes.set(BigInt(record.id), record.unit);
  return scopes;
}

/** The scope that the process is marked for. */
function markOf(
  files: Pick<HostFiles, 'readFile'>,
  pid: number | string,
  scopes: ReadonlyMap<bigint, UnitName>,
): UnitName | undefined {
  const limits = files.readFile(`/proc/${pid}/limits`, 8192);
  const soft = typeof limits === 'string' ? /^Max file locks +(\d+) /m.exec(limits)?.[1] : undefined;
  const mark = BigInt(soft ?? 0);
  return mark >> 48n === 0x7064n ? scopes.get(mark & 0xffffffffn) : undefined;
}
