// A unit decides over the whole container: FailureAction= and its like, and the status that the engine sees.
import anyTest, { type TestFn } from 'ava';

import { type Box, buildBox, runBox, unitFolder, UNITS } from './box.ts';

const test = anyTest as TestFn<{ box: Box }>;
const environment = { SYSTEMD_UNIT_PATH: UNITS };

test.before(async (t) => {
  t.context.box = await buildBox(t);
});

const oneshot = (command: string): string => `[Service]\nType=oneshot\nExecStart=/bin/sh -c '${command}'\n`;

/** What the unit says, and what the container ends with. */
const rows: readonly (readonly [string, string, number])[] = [
  [
    'FailureAction=exit ends the container with the status of the main process',
    `[Unit]\nFailureAction=exit\n${oneshot('exit 42')}`,
    42,
  ],
  [
    'FailureAction=exit ends it with 255 where a signal ended the main process',
    `[Unit]\nFailureAction=exit\n${oneshot('kill -SEGV $$$$')}`,
    255,
  ],
  [
    'FailureActionExitStatus= stands for the status of the main process',
    `[Unit]\nFailureAction=exit-force\nFailureActionExitStatus=7\n${oneshot('exit 42')}`,
    7,
  ],
  [
    'SuccessAction=exit ends the container with 0 when the unit has done its work',
    `[Unit]\nSuccessAction=exit\n${oneshot('exit 0')}`,
    0,
  ],
  [
    'SuccessActionExitStatus= stands for that 0',
    `[Unit]\nSuccessAction=exit\nSuccessActionExitStatus=9\n${oneshot('exit 0')}`,
    9,
  ],
  [
    'StartLimitAction=exit ends the container when Restart= has given up',
    `[Unit]\nStartLimitAction=exit\nStartLimitBurst=2\n[Service]\nRestart=on-failure\nRestartSec=1ms\nExecStart=/bin/sh -c 'exit 5'\n`,
    5,
  ],
  [
    'JobTimeoutAction=exit-force ends it when a job takes too long',
    `[Unit]\nJobTimeoutSec=200ms\nJobTimeoutAction=exit-force\n${oneshot('sleep infinity')}`,
    255,
  ],
];

for (const [title, unit, status] of rows) {
  test.serial(title, async (t) => {
    const mounts = await unitFolder(t, {
      'deciding.service': unit,
      'other.service': '[Service]\nExecStart=/bin/sleep infinity\n',
    });
    const container = await runBox(t, t.context.box, { mounts, environment });
    t.is(await container.ended(), status, await container.logs());
  });
}
