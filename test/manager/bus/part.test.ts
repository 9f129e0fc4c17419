import test from 'ava';

import { createBus } from '../../../src/manager/bus/part.ts';
import { name } from '../../fake/unit.ts';
import { System } from '../system.ts';
import { bytesOf, signal, answerTo, textOf } from './bytes.ts';

/** A system whose bus is up; what it is asked for by the bus, and what the bus hears. */
function served(units: Readonly<Record<string, string>>) {
  const system = new System({ 'dbus.service': '[Service]\nExecStart=/bin/stay\n', ...units });
  const sent: string[] = [];
  const host = {
    ...system.host,
    connectStream: () => 0,
    sendStream: (bytes: Uint8Array) => {
      sent.push(textOf(bytes));
    },
  };
  const log = { manager: () => undefined, unit: () => undefined, entries: () => undefined, waits: () => false };
  system.ask('start', 'dbus');
  const bus = createBus(host, system.core, { ...log, write: () => undefined }, 0, undefined);
  bus.cameUp(name('dbus.service'));
  bus.received(bytesOf('OK 0123456789abcdef\r\n'));
  bus.received(answerTo(1, ':1.1'));
  return {
    system,
    sent,
    want: (unit: string): void => {
      bus.received(signal('ActivationRequest', [unit]));
      system.settle();
    },
  };
}

test('A unit that the bus asks for is started', (t) => {
  const { system, want } = served({ 'a.service': '[Service]\nExecStart=/bin/stay\n' });
  want('a.service');
  t.is(system.state('a'), 'active');
});

test('A unit with RefuseManualStart= is not started because somebody asked the bus for it, and the bus hears so', (t) => {
  const { system, sent, want } = served({
    'a.service': '[Unit]\nRefuseManualStart=yes\n[Service]\nExecStart=/bin/stay\n',
  });
  want('a.service');
  t.deepEqual(
    system.processes.map(({ unit }) => unit),
    ['dbus.service'],
  );
  t.true(
    sent.some((text) => text.includes('org.freedesktop.systemd1.OnlyByDependency')),
    sent.join('\n'),
  );
});
