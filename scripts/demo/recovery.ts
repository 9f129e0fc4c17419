import type { Container } from '../container/engine.ts';
import { untilRestartIsScheduled } from '../container/restart-scheduled.ts';
import type { Scene } from './scene.ts';
import { get, property } from './services.ts';
import type { Story } from './story.ts';

/** The manager and the app are killed; both come back, and sshd notices nothing. */
export async function showRecovery(story: Story, container: Container, scene: Scene): Promise<void> {
  story.title('Killing');
  const sshd = await property(container, 'ssh', 'MainPID');
  const app = await property(container, 'app', 'MainPID');

  const manager = await managerPid(container);
  story.command(`kill -9 ${manager}   # the manager`);
  await container.exec(['kill', '-9', manager]);
  const again = await container.exec(['systemctl', 'is-active', 'ssh', 'app', 'prometheus-node-exporter']);
  const successor = await managerPid(container);
  story.check(again.status === 0 && successor !== manager, `a new manager (pid ${successor}) knows all three: active`);
  const [sshdThen, appThen] = [
    await property(container, 'ssh', 'MainPID'),
    await property(container, 'app', 'MainPID'),
  ];
  story.check(
    sshdThen === sshd && appThen === app,
    `no service noticed: sshd is still pid ${sshd}, the app pid ${app}`,
  );

  story.command(`kill -9 ${app}   # the app`);
  await container.exec(['kill', '-9', app]);
  // The journal tells when the manager has seen it; a start during the automatic restart then waits for that.
  const seen = await container.exec(['sh', '-c', untilRestartIsScheduled('app')]);
  story.check(seen.status === 0, 'the journal says that the app will be restarted');
  await container.exec(['systemctl', 'start', 'app']);
  const newApp = await property(container, 'app', 'MainPID');
  const page = await get(scene.app, '/');
  story.output(page);
  const back = newApp !== app && Number(newApp) > 0 && page.startsWith(scene.greeting);
  story.check(back, `the app is back with a new pid (${app} → ${newApp}), as Restart=always says`);
  story.check((await property(container, 'ssh', 'MainPID')) === sshd, `sshd is still pid ${sshd}`);
}

async function managerPid(container: Container): Promise<string> {
  return (await container.exec(['pgrep', '-P', '1', '-x', 'pidone-manager'])).stdout.trim();
}
