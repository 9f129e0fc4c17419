import test from 'ava';

import { name } from '../../fake/unit.ts';
import { System } from '../system.ts';

const oneshot = '[Service]\nType=oneshot\nExecStart=/bin/ok';
const slow = '[Service]\nType=oneshot\nExecStart=/bin/slow';

function path(settings: string, service = oneshot): System {
  const system = new System({ 'a.path': `[Path]\n${settings}`, 'a.service': service, 'keep.target': 'After=a.path' });
  system.host.memory.directory('/tmp', 0o777);
  // A unit that names them keeps them loaded when they are down.
  system.ask('start', 'keep.target');
  system.seen();
  return system;
}

/** How often the unit was started since the last look. */
function starts(system: System): number {
  return system.seen().filter((line) => line === 'a.service activating').length;
}

function result(system: System): string {
  return system.core.machine.result(system.core.load(name('a.path')).state);
}

test('PathExists= starts the unit when the path is there, and again as long as it is when the unit is down', (t) => {
  const system = path('PathExists=/tmp/x', slow);
  system.ask('start', 'a.path');
  t.is(system.sub('a.path'), 'waiting');
  t.is(starts(system), 0);
  system.host.memory.put('/tmp/x', '');
  system.touched('/tmp');
  t.is(starts(system), 1);
  t.is(system.sub('a.path'), 'running');
  system.end('a', 0);
  t.is(starts(system), 1);
  system.host.memory.delete('/tmp/x');
  system.end('a', 0);
  t.is(starts(system), 0);
  t.is(system.sub('a.path'), 'waiting');
});

test('parents are watched while the path is not there, each as far as it goes', (t) => {
  const system = path('PathExists=/tmp/a/b');
  system.ask('start', 'a.path');
  const watched = (): string => [...new Set(system.host.watched.values())].sort().join(' ');
  t.is(watched(), '/ /tmp');
  system.host.memory.directory('/tmp/a', 0o755);
  system.touched('/tmp');
  t.is(watched(), '/ /tmp /tmp/a');
  system.host.memory.delete('/tmp/a');
  system.touched('/tmp/a');
  t.is(watched(), '/ /tmp');
  system.ask('stop', 'a.path');
  t.is(watched(), '');
});

test('PathChanged= starts the unit by a change and not by what is there; what changes while the unit is up is let go', (t) => {
  const system = path('PathChanged=/tmp/x', slow);
  system.host.memory.put('/tmp/x', '');
  system.ask('start', 'a.path');
  t.is(starts(system), 0);
  system.touched('/tmp/x');
  t.is(starts(system), 1);
  system.host.memory.put('/tmp/x', 'more');
  system.end('a', 0);
  t.is(starts(system), 0);
  t.is(system.sub('a.path'), 'waiting');
  system.host.memory.delete('/tmp/x');
  system.touched('/tmp/x');
  t.is(starts(system), 1);
});

test('PathExistsGlob= and DirectoryNotEmpty= look for what is there; hidden files are none', (t) => {
  const glob = path('PathExistsGlob=/tmp/*.job');
  glob.ask('start', 'a.path');
  glob.host.memory.put('/tmp/a.txt', '');
  glob.touched('/tmp');
  t.is(starts(glob), 0);
  glob.host.memory.put('/tmp/a.job', '');
  glob.touched('/tmp');
  t.true(starts(glob) > 0);
  t.deepEqual(glob.core.load(name('a')).activation, [
    ['trigger_unit', 'a.path'],
    ['trigger_path', '/tmp/a.job'],
  ]);

  const directory = path('DirectoryNotEmpty=/tmp/d', slow);
  directory.host.memory.put('/tmp/d/.hidden', '');
  directory.ask('start', 'a.path');
  t.is(starts(directory), 0);
  directory.host.memory.put('/tmp/d/file', '');
  directory.touched('/tmp/d');
  t.is(starts(directory), 1);
});

test('MakeDirectory= makes what can be a directory, with its parents, of DirectoryMode=', (t) => {
  const system = path('PathChanged=/tmp/a/b\nPathExists=/tmp/c\nMakeDirectory=yes\nDirectoryMode=0700');
  system.ask('start', 'a.path');
  const mode = (file: string): number => {
    const status = system.host.status(file);
    return typeof status === 'number' ? status : status.mode;
  };
  t.deepEqual(['/tmp/a', '/tmp/a/b', '/tmp/c'].map(mode), [0o700, 0o700, 2]);
});

test('a unit whose condition does not hold is tried until the trigger limit: Result=trigger-limit-hit', (t) => {
  const system = path('PathExists=/tmp/x\nTriggerLimitBurst=7', `[Unit]\nConditionPathExists=/nowhere\n${oneshot}`);
  system.host.memory.put('/tmp/x', '');
  system.ask('start', 'a.path');
  t.is(system.sub('a.path'), 'failed');
  t.is(result(system), 'trigger-limit-hit');
  system.core.resetFailed(name('a.path'));
  t.is(system.sub('a.path'), 'dead');
});

test('a unit that is started too often takes its path with it: Result=unit-start-limit-hit', (t) => {
  const system = path('PathExists=/tmp/x');
  system.host.memory.put('/tmp/x', '');
  system.ask('start', 'a.path');
  t.is(system.sub('a.path'), 'failed');
  t.is(result(system), 'unit-start-limit-hit');
  t.is(starts(system), 5);
});

test('a unit that somebody else starts makes its path running', (t) => {
  const system = path('PathExists=/tmp/x', slow);
  system.ask('start', 'a.path');
  system.ask('start', 'a');
  t.is(system.sub('a.path'), 'waiting');
  system.end('a', 0);
  t.is(system.sub('a.path'), 'waiting');

  const stays = path('PathExists=/tmp/x', '[Service]\nExecStart=/bin/stay');
  stays.ask('start', 'a.path');
  stays.ask('start', 'a');
  t.is(stays.sub('a.path'), 'running');
  stays.ask('stop', 'a');
  t.is(stays.sub('a.path'), 'waiting');
});

test('what cannot be watched: Result=resources', (t) => {
  const system = path('PathExists=/tmp/file/x');
  system.host.memory.put('/tmp/file', '');
  system.ask('start', 'a.path');
  t.is(system.sub('a.path'), 'failed');
  t.is(result(system), 'resources');
});

test('what changed while nobody watched is noticed by who comes next', (t) => {
  for (const [change, expected] of [
    [(system: System) => system.host.memory.put('/tmp/d/new', ''), 1],
    [(system: System) => system.host.memory.put('/tmp/x', 'longer'), 1],
    [(system: System) => system.host.memory.put('/tmp/other', ''), 0],
  ] as const) {
    const system = path('PathChanged=/tmp/x\nPathModified=/tmp/d');
    system.host.memory.put('/tmp/x', '');
    system.host.memory.directory('/tmp/d', 0o755);
    system.ask('start', 'a.path');
    change(system);
    // Every file is read again, and all that is held in the world is had anew, as a new manager does.
    system.reload();
    t.is(starts(system), expected);
  }
});

test('a unit that is not loaded cannot be waited for, and a start that cannot be queued fails the path', (t) => {
  const missing = path('PathExists=/tmp/x\nUnit=b.service');
  missing.ask('start', 'a.path');
  t.is(missing.sub('a.path'), 'dead');

  const masked = path('PathExists=/tmp/x');
  masked.ask('start', 'a.path');
  masked.mask('a.service');
  masked.reload();
  masked.host.memory.put('/tmp/x', '');
  masked.touched('/tmp');
  t.is(masked.sub('a.path'), 'failed');
  t.is(result(masked), 'resources');
});
