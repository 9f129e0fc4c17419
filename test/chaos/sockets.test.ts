// Sockets over the end of everybody who could lose a connection: the service restarts, its manager is killed, too many come at once.
import { closeSync, openSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { gate } from '../oracle/gate.ts';
import type { Box } from './box.ts';
import { inBox } from './in-box.ts';
import { randomOf, seed } from './seed.ts';
import { untilCalled } from './until.ts';

const enter = gate();

const units = {
  's.socket': '[Socket]\nListenStream=/run/s.sock\n[Install]\nWantedBy=default.target\n',
  's.service': '[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=/run/t/talk --serve\n',
  'e.socket': '[Socket]\nListenStream=/run/e.sock\nAccept=yes\nTriggerLimitIntervalSec=0\nMaxConnections=8\n',
  'e@.service': "[Service]\nStandardInput=socket\nExecStart=/bin/sh -c 'read a; echo yes'\n",
  'default.target': '[Unit]\nWants=s.socket e.socket\n',
};

/** Connects again and again while `work` is done; what came of it. */
async function whileTalking(box: Box, address: string, count: number, work: () => Promise<void>): Promise<string> {
  const over = path.join(box.directory, 'over');
  const talking = box.run('/run/t/talk', '--many', String(count), over, address);
  await work();
  closeSync(openSync(over, 'w'));
  return (await talking).stdout;
}

function kill(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It had ended already.
  }
}

async function show(t: ExecutionContext, box: Box, unit: string, wanted: string): Promise<void> {
  const [property = ''] = wanted.split('=');
  let { stdout } = await box.call('systemctl', 'show', '-p', property, unit);
  for (let i = 0; i < 100 && stdout !== wanted; i++) {
    await pass(50);
    ({ stdout } = await box.call('systemctl', 'show', '-p', property, unit));
  }
  t.is(stdout, wanted);
}

test('Of 200 connections and more, none is refused or lost while the service restarts and the manager is killed', async (t) => {
  t.log(`CHAOS_SEED=${String(seed)}`);
  const random = randomOf(4000);
  await enter(() =>
    inBox({ units }, async (box) => {
      await show(t, box, 's.socket', 'SubState=listening');
      const said = await whileTalking(box, '/run/s.sock', 200, async () => {
        for (let i = 0; i < 5; i++) {
          t.is((await box.call('systemctl', 'restart', 's.service')).status, 0);
          await pass(random() * 30);
          kill(box.manager());
          t.is((await box.call('systemctl', 'stop', 's.service')).status, 0);
        }
      });
      t.regex(said, /^enough: \d+ answered, 0 closed, 0 refused$/);
    }),
  );
});

test('Accept=yes: whatever the moment of the manager’s death, a connection is answered or closed, and none stays behind', async (t) => {
  t.log(`CHAOS_SEED=${String(seed)}`);
  const random = randomOf(4001);
  await enter(() =>
    inBox({ units }, async (box) => {
      await show(t, box, 'e.socket', 'SubState=listening');
      const said = await whileTalking(box, '/run/e.sock', 20, async () => {
        for (let i = 0; i < 4; i++) {
          await pass(random() * 60);
          kill(box.manager());
        }
      });
      t.regex(said, /^enough: \d+ answered, \d+ closed, 0 refused$/);
      await show(t, box, 'e.socket', 'NConnections=0');
      await show(t, box, 'e.socket', 'SubState=listening');
    }),
  );
});

test('A flood of connections costs init nothing that stays, and nobody else notices', async (t) => {
  await enter(() =>
    inBox({ units }, async (box) => {
      await show(t, box, 'e.socket', 'SubState=listening');
      const descriptors = (): number => readdirSync(`/proc/${String(box.init)}/fd`).length;
      const before = descriptors();
      const { status } = await box.run('/run/t/talk', '--flood', '150', '/run/e.sock');
      t.is(status, 0);
      await show(t, box, 'e.socket', 'NConnections=0');
      await show(t, box, 'e.socket', 'SubState=listening');
      t.is((await box.run('/run/t/talk', '/run/e.sock', 'hello')).stdout, 'yes');
      await show(t, box, 'e.socket', 'NConnections=0');
      // The keepers of the last connections leave, and nothing announces it.
      await untilCalled(() => Promise.resolve(descriptors() <= before));
      t.pass();
    }),
  );
});
