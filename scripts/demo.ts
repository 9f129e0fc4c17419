/**
 * npm run demo
 *
 * Boots a container with pidone as PID 1 and shows what it does: Debian's own sshd and monitoring agent, and a small app.
 * Ends with 0 when everything was as it should be. PIDONE_DEMO_ENGINE=docker, podman or namespaces asks for that engine.
 */

import { execa } from 'execa';

import { projectRoot } from './build/layout.ts';
import { findEngine, type Container } from './container/engine.ts';
import { freePorts } from './container/ports.ts';
import { showRecovery } from './demo/recovery.ts';
import type { Scene } from './demo/scene.ts';
import { showServices } from './demo/services.ts';
import { showSsh } from './demo/ssh.ts';
import { showStop } from './demo/stop.ts';
import { Story } from './demo/story.ts';

const IMAGE = 'pidone-demo';
/** So that the order of the stop can be seen; the journal has it anyway. */
const ARGUMENTS = ['--log-level=info'];

process.chdir(projectRoot);
const story = new Story(process.stdout);
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  // Not once: execa's own listener would find itself alone the first time, and end us before we have cleaned up.
  process.on(signal, () => {
    story.say('Interrupted: cleaning up.');
    story.close();
    interrupted.abort(signal);
  });

try {
  await demo();
} catch (error) {
  if (!interrupted.signal.aborted) story.check(false, error instanceof Error ? error.message : String(error));
}
process.exit(story.end() && !interrupted.signal.aborted ? 0 : 1);

async function demo(): Promise<void> {
  story.title('pidone, the unit manager for containers: a demo');
  story.say(
    'Boots Debian’s sshd, its prometheus-node-exporter and a small app as systemd units in an ordinary container,',
  );
  story.say(
    'looks at them, kills what should come back, and stops. Everything listens on 127.0.0.1 and is removed at the end.',
  );

  story.title('Building');
  await untilInterrupted(execa(process.execPath, ['scripts/build.ts'], { stdout: 'inherit', stderr: 'inherit' }));
  const choice = await untilInterrupted(findEngine(process.env['PIDONE_DEMO_ENGINE']));
  if ('missing' in choice) throw new Error(`No container can be run here: ${choice.missing}`);
  const { engine } = choice;
  story.say(`${engine.name} builds the image from the Dockerfile (the first time takes about a minute) …`);
  const recipe = { tag: IMAGE, dockerfile: 'Dockerfile', stage: 'demo', context: '.' };
  const image = await untilInterrupted(engine.build(recipe));

  const [ssh, app, metrics] = await freePorts(3);
  const greeting = 'moin, given by -e';
  const environment = {
    GREETING: greeting,
    SSHD_OPTS: `-oListenAddress=127.0.0.1:${ssh}`,
    APP_PORT: app,
    METRICS_PORT: metrics,
  };
  story.title(`A container by ${engine.name}`);
  const given = Object.entries(environment).map(([name, value]) => `-e ${name}='${value}'`);
  story.command(`run ${given.join(' ')} ${IMAGE} ${ARGUMENTS.join(' ')}`);
  const container = await engine.run({
    image,
    name: `${IMAGE}-${String(process.pid)}`,
    environment,
    arguments: ARGUMENTS,
  });
  try {
    await untilInterrupted(show(container, { ssh, app, metrics, greeting }));
  } finally {
    await container.remove();
  }
}

async function show(container: Container, scene: Scene): Promise<void> {
  try {
    await showServices(story, container, scene);
    await showSsh(story, container, scene);
    await showRecovery(story, container, scene);
    await showStop(story, container);
  } finally {
    if (story.failures > 0) story.output(await container.logs(), 40);
  }
}

async function untilInterrupted<Result>(work: PromiseLike<Result>): Promise<Result> {
  const { signal } = interrupted;
  signal.throwIfAborted();
  return Promise.race([
    work,
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(new Error('interrupted'));
      });
    }),
  ]);
}
