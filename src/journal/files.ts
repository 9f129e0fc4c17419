import type { HostFiles, HostText } from '../host.d.ts';

/** The narrow port through which the journal is read. */
export type JournalPort = Pick<HostFiles, 'readRange' | 'readDirectory' | 'statusNoFollow'> & Pick<HostText, 'decode'>;

/** One file of a unit's journal, oldest first in the lists below. */
export interface Segment {
  readonly path: string;
  readonly size: number;
  /** Tells whether `current` is still the same file after a rotation. */
  readonly identity: string;
}

/** Units that have a journal below the root. */
export function unitsWithJournal(port: JournalPort, root: string): string[] {
  const entries = port.readDirectory(root);
  if (typeof entries === 'number') return [];
  return entries
    .filter((entry) => entry.type === 'directory')
    .map((entry) => entry.name)
    .sort();
}

/** The files of one unit, oldest first: rotated ones are named after their last record's time (16 hex digits), `current` is the newest. */
export function segmentsOf(port: JournalPort, root: string, unit: string): Segment[] {
  if (unit === '' || unit === '.' || unit === '..' || unit.includes('/')) return [];
  const directory = `${root}/${unit}`;
  const entries = port.readDirectory(directory);
  if (typeof entries === 'number') return [];
  const rotated = entries
    .map((entry) => entry.name)
    .filter((name) => /^[0-9a-f]{16}\.log$/.test(name))
    .sort();
  return [...rotated, 'current'].flatMap((name) => {
    const path = `${directory}/${name}`;
    const status = port.statusNoFollow(path);
    return typeof status === 'number' || status.type !== 'file'
      ? []
      : [{ path, size: status.size, identity: status.identity }];
  });
}

/** Bytes in use by all units' journals. */
export function diskUsage(port: JournalPort, root: string): number {
  let sum = 0;
  for (const unit of unitsWithJournal(port, root))
    for (const segment of segmentsOf(port, root, unit)) sum += segment.size;
  return sum;
}
