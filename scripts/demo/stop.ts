import type { Container } from '../container/engine.ts';
import type { Story } from './story.ts';

/** SIGTERM ends everything in reverse order, well before the engine's patience does. */
export async function showStop(story: Story, container: Container): Promise<void> {
  story.title('Stopping');
  story.command('stop');
  const before = (await container.logs()).length;
  const { status, seconds } = await container.stop();
  story.output((await container.logs()).slice(before));
  story.check(status === 0, `everything stopped in ${seconds.toFixed(2)} s, the container’s exit status is ${status}`);
}
