import test from 'ava';
import fc from 'fast-check';

import { placeOf, wakeBetween } from '../../../src/manager/timer/wakeup.ts';
import { System } from '../system.ts';

const second = 1_000_000;
const minute = 60 * second;
const timers = ['a', 'b', 'c', 'd', 'e'];
const moments = fc.integer({ min: 1, max: 2 ** 50 });
const places = fc.integer({ min: 0, max: minute - 1 });

test('a timer is woken within AccuracySec= of its moment, never before and never after', (t) => {
  fc.assert(
    fc.property(moments, fc.integer({ min: 1, max: 3_000 * second }), places, (from, accuracy, place) => {
      const at = wakeBetween(from, accuracy, place);
      t.true(at >= from && at <= from + accuracy, String(at));
    }),
    { numRuns: 2000 },
  );
});

test('where the window allows it, it is at the place of the machine in a minute, else in ten seconds, one, a quarter', (t) => {
  fc.assert(
    fc.property(
      moments.filter((at) => at > 2 * minute),
      places,
      fc.constantFrom(minute, 10 * second, second, second / 4),
      (from, place, grid) => {
        const at = wakeBetween(from, grid + 1, place);
        t.is(at % grid, place % grid);
      },
    ),
    { numRuns: 1000 },
  );
});

test('AccuracySec=0 is a quarter of a second, as for systemd; without end it is the moment itself', (t) => {
  t.is(wakeBetween(10 * second, 0, 0), 10 * second);
  t.is(wakeBetween(10 * second + 1, 0, 100), 10.25 * second + 0 - second / 4 + 100);
  t.is(wakeBetween(10 * second, Infinity, 7), 10 * second);
});

test('the place is that of the id of the boot, else of the machine, else none', (t) => {
  const host = (files: Readonly<Record<string, string>>): Parameters<typeof placeOf>[0] => ({
    readFile: (path) => files[path] ?? (2 as never),
  });
  const boot = '/proc/sys/kernel/random/boot_id';
  // Bytes 1 to 8 and 9 to 16 as two numbers, the lowest byte first: 1 xor 256.
  t.is(placeOf(host({ [boot]: '01000000-0000-0000-0001-000000000000\n' })), 257);
  t.is(placeOf(host({ [boot]: 'none', '/etc/machine-id': '00000000000000000a00000000000000\n' })), 10);
  t.is(placeOf(host({})), 0);
});

test('timers whose windows overlap are started by one wake-up, and one that must be exact takes those along that may', (t) => {
  const system = new System({
    'a.timer': '[Timer]\nOnActiveSec=70s',
    'b.timer': '[Timer]\nOnActiveSec=100s',
    'c.timer': '[Timer]\nOnActiveSec=200s\nAccuracySec=1us',
    'd.timer': '[Timer]\nOnActiveSec=190s',
    'e.timer': '[Timer]\nOnActiveSec=201s\nAccuracySec=100h',
    ...Object.fromEntries(timers.map((each) => [`${each}.service`, '[Service]\nType=oneshot\nExecStart=/bin/ok'])),
    'keep.target': '[Unit]\nAfter=a.timer b.timer c.timer d.timer e.timer',
  });
  system.ask('start', 'keep.target');
  for (const each of timers) system.ask('start', `${each}.timer`);
  system.seen();
  const started = (): readonly string[] =>
    system.seen().flatMap((line) => (line.endsWith('.service activating') ? [line.charAt(0)] : []));
  // All began a second after the clock's beginning. The minute is the machine's place: there is no id.
  system.pass(118.9 * second);
  t.deepEqual(started(), []);
  system.pass(0.2 * second);
  t.deepEqual(started(), ['a', 'b']);
  system.pass(81 * second);
  t.deepEqual(started(), ['c', 'd']);
  system.pass(0.5 * second);
  t.deepEqual(started(), []);
});
