import test from 'ava';

import { isMounted } from '../../src/ctl/mounted.ts';
import { name } from '../fake/unit.ts';

const table = `22 1 0:21 / / rw - overlay overlay rw
30 22 0:30 / /var/lib/a\\040b rw,relatime shared:1 - ext4 /dev/vdb rw
31 22 0:31 /etc/hosts /etc/hosts rw - ext4 /dev/vda rw
`;
const files = { readFile: (path: string) => (path === '/proc/self/mountinfo' ? table : (2 as never)) };

test('a mount unit’s place is a mount point, whatever its name has escaped', (t) => {
  for (const [unit, is] of [
    ['-.mount', true],
    ['etc-hosts.mount', true],
    ['var-lib-a\\x20b.mount', true],
    ['var-lib-a.mount', false],
    ['etc.mount', false],
    ['rw.mount', false],
  ] as const)
    t.is(isMounted(files, name(unit)), is, unit);
});

test('without a table nothing is', (t) => {
  t.false(isMounted({ readFile: () => 2 as never }, name('-.mount')));
});
