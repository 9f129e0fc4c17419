// The table has the directives that systemd knows, and no other: of 252 as its program lists them, of 257 as its key table has them.
import test from 'ava';
import { allDirectives, type Directive, groupsOf, type Section } from '../../src/units/directives.ts';
import { systemdMissing } from '../oracle/systemd.ts';
import { dumpedKeys, tableOf } from './key-table.ts';
import { newerKeys } from './newer.ts';

const keysOf = (...homes: readonly string[]): ReadonlySet<string> =>
  new Set(allDirectives().flatMap(({ home, key }) => (homes.includes(home) ? [key] : [])));
const sorted = (keys: Iterable<string>): readonly string[] => [...keys].sort();
/** Of a version that is not asked here. */
const later = new Set(['ConditionPathIsSocket', 'AssertPathIsSocket']);

(systemdMissing() === undefined ? test : test.skip)(
  'What systemd 252 lists of itself is in the table; what is besides is gone from systemd or newer',
  (t) => {
    const dumped = dumpedKeys();
    for (const section of Object.keys(groupsOf) as Section[]) {
      const ours = new Set(
        allDirectives().flatMap(({ home, key, ...directive }) =>
          [section, ...groupsOf[section]].includes(home) && !newerKeys.has(key) && !isGone(directive) ? [key] : [],
        ),
      );
      t.deepEqual(sorted(ours), sorted(dumped.get(section) ?? []), section);
    }
  },
);

function isGone(directive: Pick<Directive, 'status' | 'kind'>): boolean {
  return directive.kind === 'removed';
}

test('The table has the keys of systemd 257, each in its section or group', async (t) => {
  t.timeout(300_000);
  const table = await tableOf('trixie');
  t.true(table.size >= 12, [...table.keys()].join(' '));
  for (const [home, keys] of table) {
    const ours = [...keysOf(home)].filter((key) => !later.has(key));
    t.deepEqual(sorted(ours), sorted(keys), home);
  }
});
