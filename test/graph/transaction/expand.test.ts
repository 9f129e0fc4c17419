import test from 'ava';

import { buildTransaction } from '../../../src/graph/transaction/build.ts';
import { name, unitsFrom } from '../../fake/unit.ts';
import { sceneOf } from '../scene.ts';
import { check } from './check.ts';

const up = 'active' as const;

test('Requires=: a start starts the other', (t) => {
  check(t, { units: 'a: Requires=b\nb:', ask: 'start a' }, ['start a', 'start b']);
});

test('BindsTo=: a start starts the other', (t) => {
  check(t, { units: 'a: BindsTo=b\nb:', ask: 'start a' }, ['start a', 'start b']);
});

test('Wants= and Upholds=: a start starts the other', (t) => {
  check(t, { units: 'a: Wants=b Upholds=c\nb:\nc:', ask: 'start a' }, ['start a', 'start b', 'start c']);
});

test('Requisite=: a start checks the other and does not start it', (t) => {
  check(t, { units: 'a: Requisite=b\nb:', ask: 'start a' }, ['start a', 'verify-active b']);
  check(t, { units: 'a: Requisite=b\nb:', ask: 'start a', states: { b: up } }, ['start a']);
});

test('Conflicts=: a start stops the other, whichever of the two says so', (t) => {
  check(t, { units: 'a: Conflicts=b\nb:', ask: 'start a', states: { b: up } }, ['start a', 'stop b']);
  check(t, { units: 'a:\nb: Conflicts=a', ask: 'start a', states: { b: up } }, ['start a', 'stop b']);
});

test('PartOf=, After= and Before= pull nothing in at a start', (t) => {
  check(t, { units: 'a: PartOf=b After=c Before=d\nb:\nc:\nd:', ask: 'start a' }, ['start a']);
});

test('a start goes through to what the others need', (t) => {
  check(t, { units: 'a: Requires=b\nb: Wants=c\nc: Requires=d\nd:', ask: 'start a' }, [
    'start a',
    'start b',
    'start c',
    'start d',
  ]);
});

test('a stop stops those that require the unit, are bound to it, part of it, or that it propagates its stop to', (t) => {
  const units = 'a: PropagatesStopTo=f\nb: Requires=a\nc: BindsTo=a\nd: PartOf=a\ne: Requisite=a\nf:\ng: Wants=a';
  check(t, { units, ask: 'stop a', states: { a: up, b: up, c: up, d: up, e: up, f: up, g: up } }, [
    'stop a',
    'stop b',
    'stop c',
    'stop d',
    'stop e',
    'stop f',
  ]);
});

test('a stop pulls nothing in that the unit itself needs', (t) => {
  check(t, { units: 'a: Requires=b Wants=c\nb:\nc:', ask: 'stop a', states: { a: up, b: up, c: up } }, ['stop a']);
});

test('a restart restarts those that depend on the unit if they are up, but not what it propagates its stop to', (t) => {
  const units = 'a: PropagatesStopTo=f\nb: Requires=a\nc: BindsTo=a\nd: PartOf=a\ne: Requires=a\nf:';
  check(t, { units, ask: 'restart a', states: { a: up, b: up, c: 'activating', d: up, f: up } }, [
    'restart a',
    'restart b',
    'restart c',
    'restart d',
  ]);
});

test('a restart starts what the unit needs', (t) => {
  check(t, { units: 'a: Requires=b\nb:', ask: 'restart a', states: { a: up } }, ['restart a', 'start b']);
});

test('a reload is passed on to units that are up', (t) => {
  const units = 'a: PropagatesReloadTo=b,c\nb:\nc:';
  check(t, { units, ask: 'reload a', states: { a: up, b: up }, reloadable: ['a', 'b', 'c'] }, ['reload a', 'reload b']);
});

test('a reload that is passed on to a unit that cannot reload is left out', (t) => {
  check(t, { units: 'a: PropagatesReloadTo=b\nb:', ask: 'reload a', states: { a: up, b: up }, reloadable: ['a'] }, [
    'reload a',
  ]);
});

test('try-restart of a unit that is down does nothing', (t) => {
  check(t, { units: 'a: Requires=b\nb:', ask: 'try-restart a' }, ['nop a']);
});

test('mode ignore-requirements and ignore-dependencies pull in nothing', (t) => {
  const units = 'a: Requires=b Conflicts=c\nb:\nc:';
  for (const mode of ['ignore-requirements', 'ignore-dependencies']) {
    check(t, { units, ask: `start a ${mode}`, states: { c: up } }, ['start a']);
  }
});

test('a unit without a file cannot be started, and nothing that requires it', (t) => {
  const error = 'error NoSuchUnit: Unit b.service not found.';
  check(t, { units: 'b: not-found', ask: 'start b' }, [error]);
  check(t, { units: 'a: Requires=b\nb: not-found', ask: 'start a' }, [error]);
});

test('a masked unit cannot be started, and nothing that requires it', (t) => {
  const error = 'error UnitMasked: Unit b.service is masked.';
  check(t, { units: 'b: masked', ask: 'start b' }, [error]);
  check(t, { units: 'a: Requires=b\nb: masked', ask: 'start a' }, [error]);
});

test('a unit with a bad setting cannot be started', (t) => {
  check(t, { units: 'b: bad-setting', ask: 'start b' }, [
    'error BadUnitSetting: Unit b.service has a bad unit file setting.',
  ]);
});

test('what is wanted and cannot be is left out', (t) => {
  check(t, { units: 'a: Wants=b,c\nb: not-found\nc: masked', ask: 'start a' }, ['start a']);
});

test('a wanted unit whose own requirement has no file is started all the same, as systemd does', (t) => {
  check(t, { units: 'a: Wants=b\nb: Requires=c\nc: not-found', ask: 'start a' }, ['start a', 'start b']);
});

test('a unit without a file can be stopped', (t) => {
  check(t, { units: 'b: not-found', ask: 'stop b', states: { b: up } }, ['stop b']);
});

test('a unit that cannot reload refuses a reload', (t) => {
  check(t, { units: 'a:', ask: 'reload a', states: { a: up } }, [
    'error JobTypeNotApplicable: Job type reload is not applicable for unit a.service.',
  ]);
});

test('what can never be stopped refuses a stop, and fails nobody who would stop it', (t) => {
  const words = { perpetual: ['-.slice'], states: { '-.slice': up, a: up } };
  check(t, { units: '-.slice:', ask: 'stop -.slice', ...words }, [
    'error JobTypeNotApplicable: Job type stop is not applicable for unit -.slice.',
  ]);
  check(t, { units: 'a: Conflicts=-.slice\n-.slice:', ask: 'start a', ...words, states: { '-.slice': up } }, [
    'start a',
  ]);
});

test('units that require each other in a circle are each started once', (t) => {
  check(t, { units: 'a: Requires=b\nb: Requires=c\nc: Requires=a', ask: 'start a' }, ['start a', 'start b', 'start c']);
});

test('what a start pulls in is looked up again when the dependencies have changed', (t) => {
  const scene = sceneOf('a: Wants=b\nb:\nc:');
  const startA = () => {
    const built = buildTransaction(scene, { unit: name('a'), type: 'start', mode: 'replace' });
    return built.ok ? built.transaction.jobs.map(({ unit }) => unit as string).toSorted() : [];
  };
  t.deepEqual(startA(), ['a.service', 'b.service']);
  const [changed] = unitsFrom('a: Wants=c');
  if (changed !== undefined) scene.graph.add(changed, (other) => other);
  t.deepEqual(startA(), ['a.service', 'c.service']);
});
