import type { Container } from '../container/engine.ts';
import type { Scene } from './scene.ts';
import type { Story } from './story.ts';

const UNITS = ['ssh.service', 'app.service', 'prometheus-node-exporter.service'];

/** Everything is up, in the order that the units ask for, and works. */
export async function showServices(story: Story, container: Container, scene: Scene): Promise<void> {
  story.command('systemctl is-system-running --wait');
  const running = await container.exec(['systemctl', 'is-system-running', '--wait']);
  story.output(running.stdout + running.stderr);
  story.check(running.stdout.trim() === 'running', 'the container has booted');

  story.command(`systemctl status -n 2 ${UNITS.join(' ')}`);
  const status = await container.exec(['systemctl', 'status', '--no-pager', '-n', '2', ...UNITS]);
  story.output(status.stdout + status.stderr);
  story.check(status.status === 0, 'all three are active');

  const [ssh, app] = await Promise.all(
    ['ssh', 'app'].map((unit) => property(container, unit, 'ActiveEnterTimestampMonotonic')),
  );
  story.check(Number(ssh) > 0 && Number(ssh) <= Number(app), 'sshd was up before the app, which is After=ssh.service');

  story.command(`curl http://127.0.0.1:${scene.app}/`);
  const greeted = await get(scene.app, '/');
  story.output(greeted);
  story.check(
    greeted.startsWith(scene.greeting),
    'the app has the container’s environment, with nothing said in its unit',
  );

  story.command(`curl http://127.0.0.1:${scene.metrics}/metrics | head -n 3`);
  const metrics = await get(scene.metrics, '/metrics');
  story.output(metrics.split('\n').slice(0, 3).join('\n'));
  story.check(metrics.startsWith('# HELP'), 'the agent measures');
}

/** The value of a property, as `systemctl show` tells it. */
export async function property(container: Container, unit: string, name: string): Promise<string> {
  return (await container.exec(['systemctl', 'show', '--value', '-p', name, unit])).stdout.trim();
}

/** A page of a server in the container; what went wrong as text. */
export async function get(port: string, page: string): Promise<string> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${page}`, { signal: AbortSignal.timeout(10_000) });
    return await response.text();
  } catch (error) {
    const { message, cause } = error as Error;
    return cause instanceof Error ? cause.message : message;
  }
}
