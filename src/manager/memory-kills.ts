/**
 * Whether the kernel ran out of memory: without control groups of its own pidone sees the container's counter alone. A process
 * that is killed by SIGKILL when that has gone up since the last look died of it.
 */
import type { HostFiles } from '../host.d.ts';

/** Of control groups version 2 and 1, as a container sees its own. */
const counters = ['/sys/fs/cgroup/memory.events', '/sys/fs/cgroup/memory/memory.oom_control'];

/** The answer of each call: has the counter gone up since the one before? */
export function createMemoryKills(host: Pick<HostFiles, 'readFile'>): () => boolean {
  const path = counters.find((each) => typeof host.readFile(each, 4096) === 'string');
  let last = countIn(host, path);
  return () => {
    const now = countIn(host, path);
    const isMore = now > last;
    last = now;
    return isMore;
  };
}

function countIn(host: Pick<HostFiles, 'readFile'>, path: string | undefined): number {
  const text = path === undefined ? '' : host.readFile(path, 4096);
  return typeof text === 'string' ? Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0) : 0;
}
