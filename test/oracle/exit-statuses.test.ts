// The exit statuses 200 to 245 of systemd.exec(5), Process Exit Codes: each that pidone can give is provoked, by a
// scenario that the real systemd has answered, by what is below, or has a reason why nothing can. What pidone leaves
// out where the container forbids it is fatal with PIDONE_STRICT_EXEC=1, and gives the status of its step.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { exitStatusName } from '../../src/units/values/exit-status.ts';
import { bootPidone, pidoneMissing } from './pidone.ts';
import { loadScenarios, readRecording } from './scenario.ts';

const ROOT = path.join(import.meta.dirname, '../..');

/** What provokes a status in a container with docker's capabilities: settings of a unit, and the system call that fails for it. */
const strict: Readonly<Record<number, { readonly settings: string; readonly forbidden?: string }>> = {
  201: { settings: 'Nice=-5' },
  206: { settings: 'OOMScoreAdjust=-500' },
  211: { settings: 'IOSchedulingClass=realtime' },
  218: { settings: 'AmbientCapabilities=CAP_SYS_ADMIN' },
  225: { settings: 'PrivateNetwork=yes' },
  226: { settings: 'PrivateTmp=yes' },
  228: { settings: 'SystemCallFilter=~reboot', forbidden: 'seccomp(1,_,!0)=EPERM prctl(22,2,!0)=EPERM' },
  245: { settings: 'MemoryKSM=yes', forbidden: 'prctl(67)=EIO' },
};

/** The same where what is forbidden is left out: without mounts the root directory is changed all the same. */
const lenient: typeof strict = { 210: { settings: 'RootDirectory=/usr', forbidden: 'chroot=EIO' } };

/** Why no command of pidone can have a status. */
const never: Readonly<Record<number, string>> = {
  204: 'a fork of a keeper has the few kilobytes that it asks for; more than the kernel gives ends it by a signal',
  207: 'to set a mask of signals cannot fail',
  219: 'there are no control groups',
  221: 'systemd.confirm_spawn= is of a kernel’s command line',
  224: 'PAMName= is told, not carried out',
  229: 'no SELinux in containers',
  231: 'no AppArmor profiles of units in containers',
  232: 'all filters are one: 228',
  235: 'systemd’s is of the child that gives a socket its owner; the manager does that itself',
  236: 'no SMACK in containers',
  244: 'no BPF in containers',
};

test('every exit status that a step can have is provoked, or it is said why not', async (t) => {
  const header = await readFile(path.join(ROOT, 'native/exec.h'), 'utf8');
  const own = [...header.matchAll(/STEP_\w+ = (\d+)/g)].map((match) => Number(match[1]));
  t.true(own.length > 30);
  const recorded = new Set<number>();
  for (const scenario of loadScenarios())
    for (const { stdout = [] } of readRecording(scenario)?.steps ?? [])
      for (const line of stdout) recorded.add(Number(/ExecMainStatus=(\d+)$/.exec(line)?.[1]));
  const isProvoked = (status: number): boolean => recorded.has(status) || status in strict || status in lenient;
  for (let status = 200; status <= 245; status++) {
    if (exitStatusName(status) === undefined && !own.includes(status)) continue;
    if (own.includes(status)) t.true(isProvoked(status) || status in never, `${status}: nothing provokes it`);
    else t.true(status in never, `${status}: no step has it, and nothing says why`);
    t.false(isProvoked(status) && status in never, `${status}: provoked, and yet a reason why not`);
  }
});

const canBoot = pidoneMissing() === undefined ? test : test.skip;

for (const [title, table, environment] of [
  [
    '--strict-exec: what this container forbids ends the command with the status of its step',
    strict,
    ['PIDONE_STRICT_EXEC=1'],
  ],
  ['what fails for another reason than that it is forbidden ends the command too', lenient, []],
] as const)
  canBoot(title, async (t) => {
    const units = await mkdtemp(path.join(tmpdir(), 'pidone-statuses-'));
    t.teardown(() => rm(units, { recursive: true }));
    const names = Object.keys(table);
    for (const [name, { settings }] of Object.entries(table))
      await writeFile(path.join(units, `s${name}.service`), `[Service]\nType=exec\n${settings}\nExecStart=/bin/true\n`);
    const forbidden = Object.values(table).flatMap((each) => each.forbidden ?? []);
    const machine = await bootPidone(units, [...environment, `ORACLE_FORBID=${forbidden.join(' ')}`]);
    try {
      await machine.run(`systemctl start ${names.map((name) => `s${name}`).join(' ')}`);
      const { stdout } = await machine.run(
        `for s in ${names.join(' ')}; do systemctl show -P ExecMainStatus s$s; done`,
      );
      t.deepEqual(stdout.trim().split('\n'), names);
    } finally {
      await machine.down();
    }
  });
