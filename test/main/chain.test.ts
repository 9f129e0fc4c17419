// What a long chain costs grows with its length and no faster; nothing recurses as deep as it is.
import test from 'ava';
import { Container } from '../fake/container.ts';

/** Starts and stops so many services, each after the one before. What was run, and the characters that were stored. */
function live(count: number): { container: Container; stored: number } {
  const files: Record<string, string> = {};
  for (let at = 0; at < count; at++) {
    const unit = at === 0 ? '' : `[Unit]\nRequires=c${String(at - 1)}.service\nAfter=c${String(at - 1)}.service\n`;
    files[`/etc/systemd/system/c${String(at)}.service`] = `${unit}[Service]\nType=exec\nExecStart=/bin/x\n`;
  }
  files['/etc/systemd/system/multi-user.target'] = `[Unit]\nWants=c${String(count - 1)}.service\n`;
  const container = new Container({ files });
  const { host } = container;
  const append = host.append.bind(host);
  let stored = 0;
  host.append = (handle, text) => {
    stored += text.length;
    return append(handle, text);
  };
  container.run();
  container.terminate();
  container.run();
  return { container, stored };
}

test('A chain of 5,000 services starts and stops', (t) => {
  const { container } = live(5000);
  t.is(container.commands.length, 5000);
  t.is(container.exited, 0);
});

test('A chain that is twice as long makes twice as many batches, and what is stored of it is twice as much', (t) => {
  const [one, two] = [live(400), live(800)];
  t.true(two.container.batches < 2.1 * one.container.batches);
  t.true(two.stored < 2.2 * one.stored, `${String(one.stored)} and ${String(two.stored)} characters`);
});
