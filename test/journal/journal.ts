/** A journal in memory for tests: files from records, and a reader's port that counts bytes. */
import type { JournalPort } from '../../src/journal/files.ts';
import { formatRecord } from '../../src/journal/record.ts';
import { fakeHost } from '../fake/host.ts';

export const root = '/var/log/pidone';

export interface Journal {
  readonly port: JournalPort;
  /** Bytes read so far. */
  read(): number;
  put(unit: string, file: string, content: string | Uint8Array): void;
  append(unit: string, text: string): void;
  /** `current` gets another name and a new one takes its place. */
  rotate(unit: string, time: number): void;
}

export function journal(files: Readonly<Record<string, string>> = {}): Journal {
  const host = fakeHost();
  let read = 0;
  const pathOf = (unit: string, file: string): string => `${root}/${unit}/${file}`;
  const own: Journal = {
    port: {
      readDirectory: (path) => host.readDirectory(path),
      statusNoFollow: (path) => host.statusNoFollow(path),
      decode: (bytes, from, to) => host.decode(bytes, from, to),
      readRange(path, offset, length) {
        const bytes = host.readRange(path, offset, length);
        if (typeof bytes !== 'number') read += bytes.length;
        return bytes;
      },
    },
    read: () => read,
    put: (unit, file, content) => {
      host.memory.put(pathOf(unit, file), content);
    },
    append(unit, text) {
      const handle = host.openAppend(pathOf(unit, 'current'), 0o640);
      host.append(handle, text);
      host.close(handle);
    },
    rotate(unit, time) {
      host.rename(pathOf(unit, 'current'), pathOf(unit, `${time.toString(16).padStart(16, '0')}.log`));
      host.memory.put(pathOf(unit, 'current'), '');
    },
  };
  for (const [unit, text] of Object.entries(files)) own.put(unit, 'current', text);
  return own;
}

/** A line of a unit, as its keeper writes it. */
export function line(
  time: number,
  message: string,
  words: { keeper?: number; priority?: number; pid?: number } = {},
): string {
  const { keeper = 1, priority = 6, pid = 100 } = words;
  return formatRecord({ kind: 'line', time, from: 'unit', cut: false, priority, keeper, pid, message });
}

/** The manager's word about a unit. */
export function word(time: number, message: string, keeper = 0): string {
  return formatRecord({ kind: 'line', time, from: 'manager', cut: false, priority: 6, keeper, pid: 2, message });
}

export function identity(time: number, keeper: number, identifier: string): string {
  const invocation = String(keeper).repeat(32).slice(0, 32);
  return formatRecord({ kind: 'identity', time, keeper, invocation, identifier });
}
