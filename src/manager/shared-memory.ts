/**
 * RemoveIPC= of systemd.exec(5): what a user or group of a unit shares in memory goes with the last unit of theirs. A part of
 * the program that is loaded for the first unit that has it. Source: clean_ipc_internal() of systemd's src/shared/clean-ipc.c.
 */
import type { Host } from '../host.d.ts';

export type SharedMemoryPort = Pick<
  Host,
  'readFile' | 'readDirectory' | 'statusNoFollow' | 'remove' | 'removeTree' | 'removeIpc'
>;

interface Ids {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/** Of /proc/sysvipc: where the id, the owner, and how many are attached stand in a line. */
const tables = [
  { name: 'shm', uid: 7, attached: 6 },
  { name: 'sem', uid: 4, attached: undefined },
  { name: 'msg', uid: 7, attached: undefined },
] as const;

/** POSIX shared memory and queues are files. */
const folders = ['/dev/shm', '/dev/mqueue'];

/** Nothing of root's is ever removed, nor memory that somebody is attached to. */
export function removeShared(ids: Ids, host: SharedMemoryPort): void {
  const isTheirs = (uid: number, gid: number): boolean =>
    (uid === ids.uid && uid !== 0) || (gid === ids.gid && gid !== 0);
  for (const [kind, table] of tables.entries()) {
    const text = host.readFile(`/proc/sysvipc/${table.name}`, 1 << 20);
    for (const line of typeof text === 'string' ? text.split('\n').slice(1) : []) {
      const numbers = line.trim().split(/\s+/).map(Number);
      const isUsed = table.attached !== undefined && numbers[table.attached] !== 0;
      const [owner = 0, group = 0] = numbers.slice(table.uid);
      if (numbers.length > table.uid + 1 && !isUsed && isTheirs(owner, group))
        host.removeIpc(kind as 0 | 1 | 2, numbers[1] ?? -1, owner);
    }
  }
  for (const folder of folders) removeBelow(folder, isTheirs, host);
}

function removeBelow(folder: string, isTheirs: (uid: number, gid: number) => boolean, host: SharedMemoryPort): void {
  const entries = host.readDirectory(folder);
  for (const { name } of typeof entries === 'number' ? [] : entries) {
    const path = `${folder}/${name}`;
    const status = host.statusNoFollow(path);
    if (typeof status === 'number' || !isTheirs(status.uid, status.gid)) continue;
    if (status.type === 'directory') host.removeTree(path);
    else host.remove(path);
  }
}
