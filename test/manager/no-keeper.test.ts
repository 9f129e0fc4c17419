import test from 'ava';
import { noKeeper } from '../../src/manager/no-keeper.ts';

test('Who has no keeper hears which limit of the container is too low', (t) => {
  t.is(
    noKeeper(24),
    'No keeper could be had for this unit: the container may have no more open files (--ulimit nofile).',
  );
  t.regex(noKeeper(11), /--pids-limit/);
  t.regex(noKeeper(1), /: errno 1\.$/);
});
