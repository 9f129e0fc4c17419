import test from 'ava';

import type { Errno, FileStatus } from '../../src/host.d.ts';
import { createLapsedJournals } from '../../src/manager/lapsed-journals.ts';

/** A folder of journals: names with the time of their last line. */
function folder(journals: Map<string, number>): Parameters<typeof createLapsedJournals>[0] {
  const nameIn = (path: string): string => path.split('/')[2] ?? '';
  return {
    readDirectory: () => [...journals.keys()].map((name) => ({ name, type: 'directory' as const })),
    statusNoFollow(path) {
      const modified = journals.get(nameIn(path));
      return modified === undefined ? (-2 as Errno) : ({ type: 'file', modified } as FileStatus);
    },
    removeTree(path) {
      journals.delete(nameIn(path));
      return undefined;
    },
  };
}

test('of the journals of units that are gone the newest 512 stay; those of known units all do', (t) => {
  const journals = new Map<string, number>([['known.service', 0]]);
  const lapsed = createLapsedJournals(folder(journals), '/j', (unit) => unit === 'known.service');
  for (let i = 1; i <= 10_000; i += 1) {
    journals.set(`run-${i}.service`, i);
    lapsed.forgot();
    t.true(journals.size <= 1 + 512 + 64, `${journals.size} after ${i}`);
  }
  t.true(journals.has('known.service') && journals.has('run-10000.service') && journals.has('run-9600.service'));
});

test('what earlier lives of the container have left is looked at when the first unit is forgotten', (t) => {
  const journals = new Map(Array.from({ length: 600 }, (_, i) => [`run-${i}.service`, i]));
  const lapsed = createLapsedJournals(folder(journals), '/j', () => false);
  t.is(journals.size, 600);
  lapsed.forgot();
  t.is(journals.size, 512);
});
