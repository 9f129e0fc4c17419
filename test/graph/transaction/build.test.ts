import test from 'ava';

import { check } from './check.ts';

const up = 'active' as const;

test('what is up is not started again, but the unit that was asked for keeps its job', (t) => {
  check(t, { units: 'a: Requires=b\nb:', ask: 'start a', states: { a: up, b: up } }, ['start a']);
});

test('what only a unit that is up already needs is not started', (t) => {
  check(t, { units: 'a: Wants=b\nb: Requires=c\nc:', ask: 'start a', states: { b: up } }, ['start a']);
});

test('what is on the way up gets a job, so that others can wait for it', (t) => {
  check(t, { units: 'a: Requires=b\nb:', ask: 'start a', states: { b: 'activating' } }, ['start a', 'start b']);
});

test('a redundant job is kept where it contradicts a queued one', (t) => {
  check(t, { units: 'a: Wants=b\nb:', ask: 'start a', states: { b: up }, jobs: { b: 'stop' } }, ['start a', 'start b']);
});

test('a cycle is broken at a unit that the request can do without', (t) => {
  check(t, { units: 'a: Requires=b After=b\nb: Wants=c After=c\nc: After=a', ask: 'start a' }, ['start a', 'start b']);
});

test('what only the unit that breaks a cycle needs goes with it, and so does what requires it', (t) => {
  const units = 'a: Wants=b,c,e After=b\nb: After=c Wants=d\nc: After=a\nd:\ne: Requires=b';
  check(t, { units, ask: 'start a' }, ['start a', 'start c']);
});

test('a cycle of required units is refused', (t) => {
  check(t, { units: 'a: Requires=b After=b\nb: Requires=a After=a', ask: 'start a' }, [
    'error TransactionOrderIsCyclic: Transaction order is cyclic. See system logs for details.',
  ]);
});

test('a cycle through a queued job counts', (t) => {
  const units = 'a: Wants=b After=b\nb: After=c\nc: After=a';
  check(t, { units, ask: 'start a', jobs: { c: 'start' } }, ['start a']);
});

test('mode ignore-dependencies knows no cycles', (t) => {
  const units = 'a: Requires=b After=b\nb: Requires=a After=a';
  check(t, { units, ask: 'start a ignore-dependencies' }, ['start a']);
});

test('a stop that is required beats a start that is wanted', (t) => {
  const units = 'a: Conflicts=c Wants=c\nc:';
  check(t, { units, ask: 'start a' }, ['start a']);
  check(t, { units, ask: 'start a', states: { c: up } }, ['start a', 'stop c']);
});

test('a start that is required beats a stop that nobody needs', (t) => {
  check(t, { units: 'a: Requires=b Wants=c\nb:\nc: Conflicts=b', ask: 'start a' }, ['start a', 'start b']);
});

test('of a start and a stop that nobody needs the stop goes, with what needs it', (t) => {
  const units = 'a: Wants=b,c\nb: PartOf=d\nc: Conflicts=d\nd:';
  check(t, { units, ask: 'start a', states: { d: up } }, ['start a', 'start b']);
});

test('of two wanted units of which one conflicts with the other, the one that conflicts is started', (t) => {
  check(t, { units: 'a: Wants=b,c\nb:\nc: Conflicts=b', ask: 'start a' }, ['start a', 'start c']);
});

test('a required unit that is started and stopped at once is refused', (t) => {
  check(t, { units: 'a: Requires=b,c\nb:\nc: Conflicts=b', ask: 'start a' }, [
    "error TransactionJobsConflicting: Transaction contains conflicting jobs 'stop' and 'start' for a.service. Probably contradicting requirement dependencies configured.",
  ]);
});

test('start and verify-active of one unit are one start', (t) => {
  check(t, { units: 'a: Requisite=b Wants=b\nb:', ask: 'start a' }, ['start a', 'start b']);
});

test('mode fail does not replace a queued job', (t) => {
  check(t, { units: 'b: Conflicts=a\na:', ask: 'start b fail', jobs: { a: 'start' } }, [
    "error TransactionIsDestructive: Transaction for b.service/start is destructive (a.service has 'start' job queued, but 'stop' is included in transaction).",
  ]);
});

test('mode fail leaves out what would stop a running unit and need not be', (t) => {
  check(t, { units: 'a:\nb: Conflicts=a', ask: 'start a fail', states: { b: up } }, ['start a']);
  check(t, { units: 'a:\nb: Conflicts=a', ask: 'start a replace', states: { b: up } }, ['start a', 'stop b']);
});

test('nothing replaces a job that was queued with replace-irreversibly', (t) => {
  check(t, { units: 'a:', ask: 'start a', jobs: { a: { type: 'stop', irreversible: true } } }, [
    "error TransactionIsDestructive: Transaction for a.service/start is destructive (a.service has 'stop' job queued, but 'start' is included in transaction).",
  ]);
});

test('isolate stops all that is up and not pulled in, but what ignores it', (t) => {
  const units = 'a.target: isolate Requires=b\nb:\nc:\nd: stays\ne:';
  check(t, { units, ask: 'start a.target isolate', states: { c: up, d: up }, jobs: { e: 'start' } }, [
    'start a.target',
    'start b',
    'stop c',
    'stop e',
  ]);
});

test('isolate needs AllowIsolate=, and a start', (t) => {
  check(t, { units: 'a:', ask: 'start a isolate' }, [
    'error NoIsolation: Operation refused, unit may not be isolated.',
  ]);
  check(t, { units: 'a: isolate', ask: 'stop a isolate' }, ['error InvalidArgs: Isolate is only valid for start.']);
});

test('mode triggering is for stops', (t) => {
  check(t, { units: 'a:', ask: 'start a triggering' }, [
    'error InvalidArgs: --job-mode=triggering is only valid for stop.',
  ]);
});

test('mode triggering stops what would start the unit again, if it is up', (t) => {
  const units = 'a:\nb.timer: Triggers=a\nc.socket: Triggers=a';
  check(t, { units, ask: 'stop a triggering', states: { a: up, 'b.timer': up } }, ['stop a', 'stop b.timer']);
});

test('isolate leaves alone what is triggered by a unit that stays', (t) => {
  const units = 'a.target: isolate\nb:\nb.timer: stays Triggers=b\nc:\nc.timer: Triggers=c';
  const states = { b: up, 'b.timer': up, c: up, 'c.timer': up };
  check(t, { units, ask: 'start a.target isolate', states }, ['start a.target', 'stop c', 'stop c.timer']);
});

test('mode restart-dependencies starts the unit and restarts what a restart of it would, if it is up', (t) => {
  const units = 'a: Wants=e\nb: Requires=a\nc: PartOf=a\nd: Requires=b\ne:';
  check(t, { units, ask: 'start a restart-dependencies', states: { b: up, d: up } }, [
    'start a',
    'restart b',
    'restart d',
    'start e',
  ]);
  check(t, { units, ask: 'restart a restart-dependencies' }, [
    'error InvalidArgs: --job-mode=restart-dependencies is only valid for start.',
  ]);
});

test('a job that is left out gives its place in the order back to the queued one', (t) => {
  const units = 'g:\nh: Requires=g After=d Upholds=d\nd: After=h';
  check(t, { units, ask: 'restart g', states: { h: up }, jobs: { d: 'stop' } }, [
    'error TransactionOrderIsCyclic: Transaction order is cyclic. See system logs for details.',
  ]);
});

test('what a wanted unit needs matters when a job of the request has become one with its job', (t) => {
  const units = 'a: Wants=g Requisite=d\nc: Before=a After=a\nd: Requires=c\ng: Requires=d';
  check(t, { units, ask: 'restart a' }, [
    'error TransactionOrderIsCyclic: Transaction order is cyclic. See system logs for details.',
  ]);
});
