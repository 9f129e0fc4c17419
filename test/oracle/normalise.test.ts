import test from 'ava';
import { normalise } from './normalise.ts';

function check(title: string, text: string, expected: string): void {
  test(title, (t) => {
    t.is(normalise(text), expected);
  });
}

check(
  'a pid is a pid, no pid stays 0',
  'MainPID=17\nControlPID=0\nExecMainPID=18\n',
  'MainPID=<pid>\nControlPID=0\nExecMainPID=<pid>\n',
);
check(
  'a job number goes with its padding',
  '  7 a.service start waiting\n123 b.target  stop  running\n',
  '<job> a.service start waiting\n<job> b.target  stop  running\n',
);
check('a set is sorted', 'Names=b.service a.service\n', 'Names=a.service b.service\n');
check('a list keeps its order', 'DropInPaths=/u/b /u/a\n', 'DropInPaths=/u/b /u/a\n');
check(
  'times in status are left out',
  '     Active: active (running) since Mon 2026-11-23 23:55:40 UTC; 3ms ago\n   Duration: 151ms\n    Process: 55 ExecStart=/t/x\n   Main PID: 55 (x)\n',
  '     Active: active (running) since <time>; <ago>\n   Duration: <duration>\n    Process: <pid> ExecStart=/t/x\n   Main PID: <pid> (x)\n',
);
check('a plain number is left alone', 'ExecMainStatus=203\nNRestarts=3\n', 'ExecMainStatus=203\nNRestarts=3\n');
