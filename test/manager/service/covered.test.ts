/** Every row of the table was seen of the real systemd in a scenario, or there is a reason why it cannot be, and a story of the pure machine. */
import { globSync, readFileSync } from 'node:fs';

import test from 'ava';

import type { ServiceSubState } from '../../../src/manager/service/state.ts';
import { table } from '../../../src/manager/service/table.ts';

interface Unseen {
  readonly why: string;
  /** In this folder: a story of it goes there. */
  readonly story: string;
}

const killed = 'after SIGKILL there is nothing that could be held there and looked at';
const newer = 'systemd 252, of which the scenarios are recorded, has no such state';

const unseen: Partial<Record<ServiceSubState, Unseen>> = {
  'stop-sigkill': { why: killed, story: 'stopping.test.ts' },
  'final-sigkill': { why: killed, story: 'stopping.test.ts' },
  'auto-restart-queued': { why: newer, story: 'newer.test.ts' },
  'reload-signal': { why: newer, story: 'newer.test.ts' },
  'reload-notify': { why: newer, story: 'newer.test.ts' },
  cleaning: { why: 'what is removed is gone before anybody can ask', story: 'newer.test.ts' },
};

const subs = Object.keys(table) as readonly ServiceSubState[];

test('Every state of a service was seen of systemd in a scenario, or it is said here why not', (t) => {
  const expected = globSync('test/scenarios/*/expected.json').map((path) => readFileSync(path, 'utf8'));
  t.true(expected.length > 100);
  for (const sub of subs) {
    const isSeen = expected.some((text) => text.includes(`"SubState=${sub}"`));
    t.is(isSeen, unseen[sub] === undefined, isSeen ? `${sub} is seen: it needs no reason` : `no scenario shows ${sub}`);
  }
});

test('What no scenario shows has a story of the pure machine that goes there, and one that goes on from there', (t) => {
  for (const [sub, { story, why }] of Object.entries(unseen)) {
    const text = readFileSync(`${import.meta.dirname}/${story}`, 'utf8');
    const onwards = new RegExp(`→ ${sub}\\b(?!-).*\\n +[a-z-]+.* → (?!${sub}\\b)[a-z]`);
    t.regex(text, onwards, `${sub}: ${why}`);
  }
});
