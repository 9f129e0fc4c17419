import { open, mkdtemp, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import test from 'ava';
import { execa } from 'execa';

import { parseRecording } from '../../scripts/replay/tape.ts';
import type { Machine } from '../oracle/machine.ts';
import { bootPidone, pidoneMissing } from '../oracle/pidone.ts';

const root = path.join(import.meta.dirname, '../..');
const missing = pidoneMissing();
const serial = missing === undefined ? test.serial : test.serial.skip;

/** A bit of everything: each start of its own kind, failures, restarts, output, an order. */
const units: Readonly<Record<string, string>> = {
  'multi-user.target': '[Unit]\nDefaultDependencies=no\nWants=ready.service back.service fails.service forks.service\n',
  'oracle.target':
    '[Unit]\nDefaultDependencies=no\nAllowIsolate=yes\nWants=multi-user.target\nAfter=multi-user.target\n',
  'ready.service':
    "[Unit]\nDescription=Tells when it is ready\n[Service]\nType=notify\nNotifyAccess=all\nExecStartPre=/bin/echo before\nExecStart=/t/puppet ready 'notify READY=1|STATUS=as it should be'\nExecReload=/bin/echo reloaded\n",
  'back.service':
    '[Unit]\nAfter=ready.service\nStartLimitIntervalSec=0\n[Service]\nExecStart=/t/puppet back\nRestart=always\nRestartSec=0\n',
  'fails.service': '[Service]\nType=oneshot\nExecStart=/bin/sh -c "echo no luck >&2; exit 7"\nExecStopPost=/bin/true\n',
  'forks.service':
    "[Service]\nType=forking\nPIDFile=/run/forks.pid\nExecStart=/t/puppet - 'daemonize child' 'pidfile /run/forks.pid child' 'exit 0'\n",
  'bad.service': '[Service]\nExecStart=/no/such/program\nNoSuchKey=1\n',
  'talks.service':
    '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c "seq 50; printf \'\\\\377\\\\n\'"\n',
};

/** Commands as people give them; what they come to does not matter, but for those that wait for something. */
const life = [
  'systemctl status ready back fails forks',
  'systemctl list-units --all; systemctl list-dependencies; systemctl list-jobs',
  'systemctl start bad; systemctl start talks; systemctl status talks bad',
  'journalctl -u talks -n 5; journalctl -o json -n 20; journalctl --since=-1h',
  'systemctl reload ready; systemctl show ready back',
  'systemctl kill -s KILL back; systemctl restart back; systemctl is-active back',
  'kill -9 $(grep -lx pidone-manager /proc/[0-9]*/comm | cut -d/ -f3); systemctl is-active ready back',
  'systemctl stop forks; systemctl start forks fails no-such; systemctl reset-failed',
  'echo "# changed" >> /u/back.service; systemctl status back; systemctl daemon-reload',
  'tell back exit 3; systemctl start back; systemctl enable back; systemctl cat back',
  'systemctl daemon-reexec; systemctl is-active ready back forks',
  'systemctl stop back; systemctl isolate multi-user.target',
] as const;

const tapePath = '/run/recording';

/** Boots, lives, is told to end; gives the recording, which outlives its machine. */
async function record(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pidone-replay-'));
  let machine: Machine | undefined;
  let tape: FileHandle | undefined;
  try {
    for (const [name, text] of Object.entries(units)) await writeFile(path.join(folder, name), text);
    machine = await bootPidone(folder, [`PIDONE_RECORD=${tapePath}`]);
    tape = await open(`/proc/${String(machine.init)}/root${tapePath}`);
    for (const command of life) await machine.run(command);
    // It deafens itself so that it is there until the very end, when the kernel takes it along.
    await machine.run('trap "" TERM HUP; kill -TERM 1; read _ <> /dev/ptmx');
    return await tape.readFile('utf8');
  } finally {
    await tape?.close();
    await machine?.down();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What `npm run replay` makes of it. */
async function replay(recording: string): Promise<{ status: number | undefined; stdout: string; stderr: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pidone-replay-'));
  try {
    const file = path.join(folder, 'recording');
    await writeFile(file, recording);
    const { exitCode, stdout, stderr } = await execa('npm', ['run', '--silent', 'replay', file], {
      cwd: root,
      reject: false,
      preferLocal: true,
    });
    return { status: exitCode, stdout, stderr };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

serial(
  'What a container did, over the death of its manager, is done again on Node with identical effects',
  async (t) => {
    const recording = await record();
    const generations = parseRecording(recording);
    if ('problem' in generations) return t.fail(generations.problem);
    t.is(generations.length, 3, 'the boot, after the kill, after the re-execution');
    const kinds = new Set(
      generations.flatMap(({ lines }) => lines.flatMap(({ line }) => ('event' in line ? [line.event.kind] : []))),
    );
    for (const kind of ['start', 'frame', 'channel-closed', 'client', 'client-frame'] as const)
      t.true(kinds.has(kind), kind);

    const { status, stdout, stderr } = await replay(recording);
    t.deepEqual({ status, stderr }, { status: 0, stderr: '' }, stdout);
    t.is(
      stdout.match(/^Manager \d: [1-9]\d* events, [1-9]\d* calls of the host, [1-9]\d* batches of effects$/gm)?.length,
      3,
    );
    t.is(stdout.match(/^ {2}The same effects/gm)?.length, 3);
  },
);
