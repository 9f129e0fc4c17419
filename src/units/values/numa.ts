/** NUMA nodes and their processors, as the kernel tells them. Source: systemd's src/shared/numa-util.c. */
import { type CpuSet, parseCpuSet } from './cpu-set.ts';

/** The text of a file of at most `limit` bytes, or an errno. */
export interface NodeFiles {
  readFile(path: string, limit: number): string | number;
}

const nodes = '/sys/devices/system/node';

/** NUMAMask=, with `all` replaced by the nodes that there can be. */
export function numaMask(text: string | undefined, files: NodeFiles): CpuSet {
  if (text !== 'all') return parseCpuSet(text ?? '') ?? [];
  const possible = files.readFile(`${nodes}/possible`, 4096);
  return (typeof possible === 'string' ? parseCpuSet(possible) : undefined) ?? [];
}

/** CPUAffinity=numa: the processors of these nodes; undefined where the kernel does not know one of the nodes. */
export function processorsOf(mask: CpuSet, files: NodeFiles): CpuSet | undefined {
  const lists: string[] = [];
  for (const [first, last] of mask)
    for (let node = first; node <= last; node++) {
      const list = files.readFile(`${nodes}/node${node}/cpulist`, 4096);
      if (typeof list !== 'string') return undefined;
      lists.push(list.trim());
    }
  return parseCpuSet(lists.join(' '));
}
