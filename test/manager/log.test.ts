import test from 'ava';

import type { Errno } from '../../src/host.d.ts';
import { createLog } from '../../src/manager/log.ts';
import { name } from '../fake/unit.ts';
import { System } from './system.ts';

const broken = '[Service]\nExecStart=/bin/stay\nBogus=1\n';

test('What is wrong in the files of a unit is told with file and line when it is loaded', (t) => {
  const system = new System({ 'a.service': broken });
  system.ask('start', 'a');
  t.true(system.logs.includes("/units/a.service:5:1: Unknown key 'Bogus' in section [Service]; ignored"));
});

test('What is wrong in the files of a loaded unit is told again at a reload, and not of others that are well', (t) => {
  const system = new System({ 'a.service': '[Service]\nExecStart=/bin/stay\n', 'b.service': broken });
  system.ask('start', 'a');
  system.ask('start', 'b');
  system.logs.length = 0;
  system.reload();
  t.deepEqual(system.logs, ["/units/b.service:5:1: Unknown key 'Bogus' in section [Service]; ignored"]);
});

test('What is wrong in the files of a unit that is only looked at is told once, and again when it is something else', (t) => {
  const system = new System({ 'a.service': broken });
  const look = (): readonly string[] => {
    system.logs.length = 0;
    system.core.load(name('a.service'));
    system.settle();
    system.core.world.units.rest();
    return [...system.logs];
  };
  t.deepEqual(look(), ["/units/a.service:5:1: Unknown key 'Bogus' in section [Service]; ignored"]);
  t.false(system.core.world.records.has(name('a.service')), 'it is forgotten');
  t.deepEqual(look(), []);
  system.write('a.service', broken.replace('Bogus', 'Other'));
  t.deepEqual(look(), ["/units/a.service:5:1: Unknown key 'Other' in section [Service]; ignored"]);
});

test('Words about jobs name their unit themselves; the others have its name before them', (t) => {
  const system = new System({ 'a.service': 'Description=An app\n[Service]\nExecStart=/bin/bad' });
  system.ask('start', 'a');
  t.true(system.logs.includes('Started a.service - An app.'));
  t.true(system.logs.includes("a.service: Failed with result 'exit-code'."));
});

test('A word about a unit reads the same on stderr and in the journal', (t) => {
  const told: string[] = [];
  const written: string[] = [];
  const forwarded: string[] = [];
  const log = createLog({
    host: {
      log: (line) => told.push(line),
      forwardSyslog: (identifier, priority, pid, message) => {
        forwarded.push(`<${String(priority)}>${identifier}[${String(pid)}]: ${message}`);
      },
      clock: () => ({ realtime: 1, monotonic: 1 }),
      openAppend: () => 3,
      append: (_handle, text) => {
        written.push(text);
        return undefined as Errno | undefined;
      },
      close: () => undefined,
      makeDirectory: () => undefined,
    },
    journalRoot: '/journal',
    managerPid: 2,
    forward: true,
    tell: 'notice',
  });
  log.unit(name('a.service'), 7, 'warning', 'is odd');
  log.unit(name('a.service'), 7, 'warning', 'a.service:1: odd', 'whole');
  log.write();
  t.deepEqual(told, ['a.service: is odd', 'a.service:1: odd']);
  t.deepEqual(forwarded, ['<28>pidone[2]: a.service: is odd', '<28>pidone[2]: a.service:1: odd']);
  t.is(written.join(''), '0000000000000001 m4 7 2 a.service: is odd\n0000000000000001 m4 7 2 a.service:1: odd\n');
});
