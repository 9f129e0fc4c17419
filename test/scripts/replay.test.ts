import test from 'ava';

import { replay, type Replay } from '../../scripts/replay/replay.ts';
import { parseRecording } from '../../scripts/replay/tape.ts';
import { Container } from '../fake/container.ts';

const tape = '/var/log/record';
const files = {
  '/etc/systemd/system/multi-user.target': '[Unit]\nWants=a.service b.service\n',
  '/etc/systemd/system/a.service': '[Service]\nExecStart=/bin/a\nExecStopPost=/once/0\n',
  '/etc/systemd/system/b.service':
    '[Unit]\nAfter=a.service\n[Service]\nExecStart=/bin/b\nRestart=always\nRestartSec=0\n',
};

/** A life that is recorded; `killAt` and `when` as in Container.run. */
function record(killAt = Infinity, when: 'before' | 'after' = 'after', spoil?: (container: Container) => void): string {
  const container = new Container({ files, environment: ['PATH=/bin', `PIDONE_RECORD=${tape}`] });
  spoil?.(container);
  container.run(killAt, when);
  container.end('b.service', 'killed', 9);
  container.run(killAt, when);
  container.passTime(killAt, when);
  container.terminate();
  container.run(killAt, when);
  return read(container);
}

function read(container: Container): string {
  const recording = container.host.readFile(tape, 1e8);
  if (typeof recording !== 'string') throw new Error(`no recording: ${recording}`);
  return recording;
}

async function replayAll(recording: string, lastEnd?: string): Promise<readonly Replay[]> {
  const generations = parseRecording(recording);
  if ('problem' in generations) throw new Error(generations.problem);
  const replays: Replay[] = [];
  for (const generation of generations) replays.push(await replay(generation, lastEnd));
  return replays;
}

test('A recording replays with the same effects', async (t) => {
  const [all, ...more] = await replayAll(record());
  t.is(more.length, 0);
  t.deepEqual(all?.end, { kind: 'between batches' });
  t.true((all?.events ?? 0) > 10);
});

for (const when of ['before', 'after'] as const)
  test(`Two managers, the first killed ${when} the effects of a batch are out, replay one after the other`, async (t) => {
    for (const killAt of [1, 3, 6, 9]) {
      const replays = await replayAll(record(killAt, when));
      t.deepEqual(
        replays.map(({ end }) => end.kind),
        ['between batches', 'between batches'],
      );
    }
  });

test('A manager that was killed at any line of its recording replays up to there', async (t) => {
  const lines = record().split('\n');
  for (let count = 3; count < lines.length; count += 7) {
    const [cut] = await replayAll(lines.slice(0, count).join('\n'));
    t.not(cut?.end.kind, 'difference', `${count} lines`);
    const [torn] = await replayAll(`${lines.slice(0, count).join('\n')}\n${lines[count]?.slice(0, -5) ?? ''}`);
    t.deepEqual(torn?.end, cut?.end, `torn after ${count} lines`);
  }
});

test('A call that differs is told with its line, what was recorded and what comes now', async (t) => {
  const recording = record().replace(
    '"/etc/systemd/system/a.service",16777216',
    '"/etc/systemd/system/A.service",16777216',
  );
  const [other] = await replayAll(recording);
  if (other?.end.kind !== 'difference') return t.fail(other?.end.kind);
  t.is(recording.split('\n')[other.end.line - 1]?.includes('A.service'), true);
  t.regex(other.end.lines.join('\n'), /recorded .*readFile\(.*A\.service.*\nnow .*readFile\(.*a\.service/);
});

test('An effect that differs is told in words', async (t) => {
  const recording = record();
  const timer = /\{"kind":"timer","at":\d+\}/.exec(recording)?.[0] ?? '';
  const [other] = await replayAll(recording.replace(timer, '{"kind":"timer","at":1}'));
  if (other?.end.kind !== 'difference') return t.fail(other?.end.kind);
  t.regex(other.end.lines.join('\n'), /^effect \d+ of \d+ recorded/);
  t.regex(other.end.lines.join('\n'), /recorded .*"at":1\}\nnow .*"at":\d\d+/);
});

test('What a manager threw is thrown again, with a stack in the lines of today', async (t) => {
  const container = new Container({ files, environment: ['PATH=/bin', `PIDONE_RECORD=${tape}`] });
  container.host.randomHex = () => {
    throw new RangeError('the host has broken its word');
  };
  t.throws(() => {
    container.run();
    container.terminate();
    container.run();
  });
  const [crash] = await replayAll(read(container));
  if (crash?.end.kind !== 'exception') return t.fail(crash?.end.kind);
  t.is(crash.end.error.message, 'the host has broken its word');
  t.regex(crash.end.error.stack ?? '', /src\/manager\/.*\.ts:\d+/);
  t.regex(crash.end.event, /^event \d+ \(\w+\)$/);
});

test('What comes where the manager threw, and an exception that it did not know, are differences', async (t) => {
  const lines = record().split('\n');
  const effects = lines.findIndex((line) => line.startsWith('{"effects"'));
  const threw = '{"threw":{"name":"Error","message":"gone","stack":"    at x (main.js:1:2)"}}';
  const [never] = await replayAll([...lines.slice(0, effects), threw].join('\n'));
  t.regex(never?.end.kind === 'difference' ? never.end.lines.join('\n') : '', /recorded +throws Error: gone/);
});

test('What is no recording is refused with the reason', (t) => {
  const check = (text: string, expected: RegExp): void => {
    const parsed = parseRecording(text);
    t.regex('problem' in parsed ? parsed.problem : 'taken', expected);
  };
  check('', /empty/);
  check('{"hello":1}\n', /begin/);
  check('#!/bin/sh\n', /begin/);
  check('{"event":{"kind":"start"}}\n', /begin/);
  check(record().replace('"effects"', '"effect"'), /line \d+ is damaged, and more follows/);
});
