import type { Container } from '../container/engine.ts';
import type { Story } from './story.ts';

/** SIGTERM ends everything in reverse order, well before the engine's patience does. */
export async function showStop(story: Story, container: Container): Promise<void> {
  story.title('Stopping');
  story.command('stop');
  const before = (await container.logs()).length;
  const { status, seconds } = await container.stop();
  const said = (await container.logs()).slice(before);
  const steps = [...said.matchAll(/^.*\b(Stopping|Stopped) (\S+\.service) .*$/gm)];
  story.output(steps.map(([line]) => line).join('\n'));
  const at = (what: string, unit: string): number => steps.findIndex((step) => step[1] === what && step[2] === unit);
  const inOrder = at('Stopped', 'app.service') >= 0 && at('Stopped', 'app.service') < at('Stopping', 'ssh.service');
  story.check(inOrder, 'in reverse order: sshd was asked when the app had ended');
  story.check(status === 0, `everything stopped in ${seconds.toFixed(2)} s, the container’s exit status is ${status}`);
}
