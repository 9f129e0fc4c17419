/** Packages' services in one container, each led through its life by life.sh. */
import anyTest, { type TestFn } from 'ava';

import { type Box, buildBox, inside, runBox, show } from './box.ts';

export interface Service {
  /** What its processes are called. */
  readonly process: string;
  /** A command of the shell that succeeds when the service answers. */
  readonly question: string;
  /** It has nothing to reload, or its program does not live through it. */
  readonly reload?: 'no';
  /** What it is when its main process was killed. Not given: running, as Restart= says. */
  readonly killed?: 'failed (failed)' | 'active (exited)';
}

/** Milliseconds: Restart= may wait for a minute before it starts. */
const LIFE_MS = 300_000;

/** What life.sh has to tell. */
function life({ reload, killed }: Service): string[] {
  const running = 'active (running)';
  return [
    `boot: ${running}`,
    ...(reload === 'no' ? [] : [`reload: ${running}`]),
    `restart: ${running}`,
    `kill: ${killed ?? running}`,
    `again: ${running}`,
    'stop: inactive (dead)',
    'status: 3',
  ];
}

/** The services of an image (a stage of services.Dockerfile) side by side in one container, and its end. */
export function testLives(stage: string, services: Readonly<Record<string, Service>>): void {
  const test = anyTest as TestFn<{ box: Box }>;

  test.before(async (t) => {
    const dockerfile = 'test/container/services.Dockerfile';
    t.context.box = await buildBox(t, { tag: `pidone-test-${stage}`, dockerfile, stage, context: '.' });
  });

  test(`Services of Debian’s packages live and end as their own units say: ${Object.keys(services).join(', ')}`, async (t) => {
    const container = await runBox(t, t.context.box, { mounts: { [import.meta.dirname]: '/t' }, loopback: true });
    t.timeout(2 * LIFE_MS);
    const waited = await container.exec(['systemctl', 'is-system-running', '--wait'], { timeout: LIFE_MS });
    t.is(waited.stdout, 'running\n', await container.logs());
    for (const name of Object.keys(services)) {
      t.is(await show(t, container, name, 'DropInPaths'), '', name);
      t.regex(await show(t, container, name, 'FragmentPath'), /^\/lib\/systemd\/system\/|\/generator/, name);
    }
    t.notRegex((await container.exec(['dpkg', '--verify'])).stdout, /systemd\/system/);

    const lives = Object.entries(services).map(async ([name, { process, question, reload }]) => {
      const command = ['/t/life.sh', name, process, question, reload ?? 'yes'];
      const { stdout, stderr } = await container.exec(command, { timeout: LIFE_MS });
      return [name, (stdout + stderr).trimEnd().split('\n')] as const;
    });
    const expected = Object.entries(services).map(([name, service]) => [name, life(service)] as const);
    t.deepEqual(Object.fromEntries(await Promise.all(lives)), Object.fromEntries(expected), await container.logs());
    t.is(await inside(t, container, 'systemctl', '--failed', '--plain', '--no-legend'), '');
    t.is((await container.stop()).status, 0);
  });
}
