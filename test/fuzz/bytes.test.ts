// What others send, or what is left of a file: no bytes throw, and no manager dies of them.
import { isDeepStrictEqual } from 'node:util';

import test from 'ava';
import fc from 'fast-check';

import { parseRecord } from '../../src/journal/record.ts';
import { createBusOwners } from '../../src/manager/bus/owners.ts';
import { notificationFields } from '../../src/manager/service/notify.ts';
import { parseState } from '../../src/manager/store.ts';
import { answerTo, ownerChanged } from '../manager/bus/bytes.ts';
import { Container } from '../fake/container.ts';

/** Another night, other inputs, and many more of them (nightly). */
const times = Number(process.env['PIDONE_FUZZ_TIMES'] ?? 1);
const seed = Number(process.env['PIDONE_FUZZ_SEED'] ?? 1);
const runs = (usual: number): { numRuns: number; seed: number } => ({ numRuns: usual * times, seed });

const units = {
  '/etc/systemd/system/multi-user.target': '[Unit]\nWants=a.service b.service\n',
  '/etc/systemd/system/a.service':
    '[Service]\nType=notify\nNotifyAccess=all\nWatchdogSec=1h\nExecStart=/bin/a\nExecReload=/once/0\n',
  '/etc/systemd/system/b.service':
    '[Unit]\nAfter=a.service\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/once/0\n',
};

const fields = [
  ...[
    'READY=1',
    'RELOADING=1',
    'STOPPING=1',
    'WATCHDOG=1',
    'WATCHDOG=trigger',
    'WATCHDOG_USEC=',
    'EXTEND_TIMEOUT_USEC=',
  ],
  ...[
    'MAINPID=',
    'STATUS=',
    'ERRNO=',
    'BUSERROR=',
    'EXIT_STATUS=',
    'MONOTONIC_USEC=',
    'NOTIFYACCESS=',
    'FDSTORE=1',
    'BARRIER=1',
  ],
];
const value = fc.oneof(
  fc.constantFrom('', '0', '1', '-1', '18446744073709551615', '99999999999999999999', 'all', 'none', '\0', '\u001b[2J'),
  fc.string({ maxLength: 20 }),
);
const notification = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom(...fields), fc.string({ maxLength: 9 })), value), { maxLength: 6 })
  .map((list) => list.map(([field, text]) => field + text).join('\n'));

test('No notification ends the manager, or what it knows of others', (t) => {
  t.notThrows(() => {
    fc.assert(
      fc.property(fc.array(notification, { minLength: 1, maxLength: 5 }), (texts) => {
        const container = new Container({ files: units });
        container.run();
        for (const text of texts) {
          notificationFields(text);
          container.notify('a.service', text);
          container.run();
        }
        container.terminate();
        container.run();
        for (let i = 0; container.exited === undefined && i < 9; i++) container.passTime();
        if (container.exited !== 0) throw new Error(`left with ${String(container.exited)}`);
      }),
      runs(150),
    );
  });
});

/** The state file of a container that runs. */
function runningState(): string {
  const container = new Container({ files: units });
  container.run();
  container.notify('a.service', 'READY=1');
  container.run();
  return String(container.host.readFile('/run/pidone/state', 1e6));
}

/** What no manager has written. */
const foreign = fc.oneof(
  fc.constantFrom(
    '',
    '\0',
    '{}',
    '[]',
    '7',
    'null',
    '{"k":"unit"}',
    '{"k":"unit","i":"a.service","v":null}',
    '{"k":"head"}',
  ),
  fc.constantFrom(
    '{"k":"head","v":null}',
    '{"k":"job","i":1,"v":7}',
    '{"k":"keeper","v":{}}',
    '{"k":"__proto__","i":1}',
  ),
  fc.string(),
);

test('A state file whose last line is torn, with lines of others in between, is read as if they were not there', (t) => {
  const text = runningState();
  const lines = text.split('\n').slice(0, -1);
  t.notThrows(() => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(lines.length), foreign), { maxLength: 5 }),
        fc.string({ maxLength: 50 }),
        (inserts, torn) => {
          const mixed = [...lines];
          for (const [at, line] of inserts) mixed.splice(at, 0, line.replaceAll('\n', ' '));
          const read = parseState(`${mixed.join('\n')}\n${torn.replaceAll('\n', ' ')}`);
          const { bad, ...state } = parseState(text);
          if (!isDeepStrictEqual(read, { ...state, bad: bad + inserts.length })) throw new Error('it reads otherwise');
        },
      ),
      runs(1000),
    );
  });
});

test('Whatever a bus says in whatever pieces, it is told or left alone', (t) => {
  const good = fc.constantFrom(
    new TextEncoder().encode('OK 0123456789abcdef\r\n'),
    answerTo(1, ':1.1'),
    answerTo(2, ':1.1'),
    answerTo(3, ':1.7', true),
    ownerChanged('org.example.One', '', ':1.7'),
  );
  const change = fc.record({ at: fc.nat(), to: fc.nat(255) });
  const piece = fc.oneof(
    { weight: 3, arbitrary: fc.tuple(good, fc.array(change, { maxLength: 2 })) },
    { weight: 1, arbitrary: fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.constant([])) },
  );
  t.notThrows(() => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const owners = createBusOwners(0);
        owners.watch('org.example.One');
        for (const [bytes, changes] of pieces) {
          const sent = bytes.slice();
          for (const { at, to } of changes) if (sent.length > 0) sent[at % sent.length] = to;
          owners.receive(sent);
          owners.send();
        }
      }),
      runs(2000),
    );
  });
});

test('No line of a journal throws when it is read', (t) => {
  const parts = fc.constantFrom(
    '0006478a1f2b3c4d',
    ' ',
    'u6',
    'e3',
    'i-',
    'x-',
    '12',
    '345',
    'A=b',
    '\u001e',
    '\\',
    'n',
    '\0',
    '4294967295',
  );
  t.notThrows(() => {
    fc.assert(
      fc.property(fc.array(fc.oneof(parts, fc.string({ maxLength: 5 })), { maxLength: 14 }), (words) => {
        parseRecord(words.join(''));
        parseRecord(`0006478a1f2b3c4d e6 1 2 ${words.join('')}`);
      }),
      runs(5000),
    );
  });
});
