import test from 'ava';

import { createMemoryKills } from '../../src/manager/memory-kills.ts';
import type { Errno } from '../../src/host.d.ts';

const missing = 2 as Errno;

test('The container’s counter of processes that were killed for want of memory is compared with the last look', (t) => {
  let count = 3;
  const readFile = (path: string): string | Errno =>
    path === '/sys/fs/cgroup/memory.events' ? `low 0\noom 9\noom_kill ${String(count)}\noom_group_kill 0\n` : missing;
  const isMore = createMemoryKills({ readFile });
  t.false(isMore());
  count = 4;
  t.true(isMore());
  t.false(isMore());
});

test('Where there is no counter nobody is said to have died of it', (t) => {
  const isMore = createMemoryKills({ readFile: () => missing });
  t.false(isMore());
});
