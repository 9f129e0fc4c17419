import test from 'ava';

import type { Errno } from '../../../src/host.d.ts';
import { openFields } from '../../../src/manager/socket/open-frame.ts';
import type { SocketState } from '../../../src/manager/socket/state.ts';
import { socketSettings } from '../../../src/units/socket-settings.ts';
import { name } from '../../fake/unit.ts';
import { System } from '../system.ts';

const stay = '[Service]\nExecStart=/bin/stay';

function socket(settings: string, service = stay, file = 'a.service'): System {
  const system = new System({
    'a.socket': `[Socket]\nListenStream=/run/a\n${settings}`,
    [file]: service,
    // A unit that names them keeps them loaded when they are down.
    'keep.target': 'After=a.socket',
  });
  system.ask('start', 'keep.target');
  system.seen();
  return system;
}

function stateOf(system: System): SocketState {
  const state = system.core.world.records.get(name('a.socket'))?.state;
  if (state?.type !== 'socket') throw new Error('a.socket has no state of its own');
  return state.own;
}

function arrive(system: System, ...who: readonly string[]): void {
  if (!system.host.sockets.watched.has('a.socket 0')) return;
  system.host.sockets.watched.delete('a.socket 0');
  system.host.sockets.arriving.push(...who);
  system.core.feed({ kind: 'unit', unit: name('a.socket'), event: { kind: 'incoming', number: 0, readable: true } });
  system.settle();
}

test('a socket listens, starts its service for who comes first, and listens again when that is down', (t) => {
  const system = socket('ListenDatagram=127.0.0.1:80');
  system.ask('start', 'a.socket');
  t.is(stateOf(system).sub, 'listening');
  t.deepEqual([...system.host.sockets.open.values()], ['/run/a', '127.0.0.1:80']);
  t.deepEqual([...system.host.sockets.watched], ['a.socket 0', 'a.socket 1']);
  arrive(system);
  t.is(stateOf(system).sub, 'running');
  t.is(system.state('a'), 'active');
  t.is(system.host.sockets.watched.size, 0, 'nothing is looked at while the service runs');
  system.end('a', 0);
  t.is(stateOf(system).sub, 'listening');
  t.is(system.host.sockets.watched.size, 2);
  system.ask('stop', 'a.socket');
  t.is(stateOf(system).sub, 'dead');
  t.is(system.host.sockets.open.size, 0);
});

test('a service that runs keeps the socket from being started, and goes on when the socket is stopped', (t) => {
  const system = socket('');
  system.ask('start', 'a');
  system.ask('start', 'a.socket');
  t.is(stateOf(system).sub, 'dead');
  system.ask('stop', 'a');
  system.ask('start', 'a.socket');
  arrive(system);
  system.ask('stop', 'a.socket');
  t.is(system.state('a'), 'active');
});

test('what cannot be opened fails the socket with its address, and nothing stays open', (t) => {
  const system = socket('ListenStream=127.0.0.1:80');
  system.host.sockets.refused.set('127.0.0.1:80', 98 as Errno);
  system.ask('start', 'a.socket');
  t.is(stateOf(system).sub, 'failed');
  t.is(stateOf(system).result, 'resources');
  t.is(system.host.sockets.open.size, 0);
  t.true(system.logs.some((line) => line.includes('Failed to create listening socket (127.0.0.1:80)')));
});

test('Accept=yes: an instance for each connection, counted until it has ended', (t) => {
  const system = socket('Accept=yes\nMaxConnections=2', stay, 'a@.service');
  system.ask('start', 'a.socket');
  arrive(system, 'ip 127.0.0.1 80 127.0.0.1 4000');
  arrive(system, 'unix 17 1000');
  arrive(system, 'unix 18 1000');
  const { connections, accepted, refused, sub } = stateOf(system);
  t.deepEqual(
    connections.map(({ instance }) => instance as string),
    ['a@0-127.0.0.1:80-127.0.0.1:4000.service', 'a@1-17-1000.service'],
  );
  t.deepEqual([accepted, refused, sub], [2, 1, 'listening']);
  t.is(system.state('a@1-17-1000'), 'active');
  t.is(system.host.sockets.open.size, 3, 'the third was hung up');
  system.end('a@1-17-1000', 0);
  t.is(stateOf(system).connections.length, 1);
  arrive(system, 'unix 19 1000');
  t.is(stateOf(system).connections.length, 2);
});

test('MaxConnectionsPerSource= counts by address', (t) => {
  const system = socket('Accept=yes\nMaxConnectionsPerSource=1', stay, 'a@.service');
  system.ask('start', 'a.socket');
  arrive(system, 'ip 127.0.0.1 80 127.0.0.1 4000');
  arrive(system, 'ip 127.0.0.1 80 127.0.0.1 4001');
  arrive(system, 'ip 127.0.0.1 80 127.0.0.2 4001');
  t.deepEqual([stateOf(system).accepted, stateOf(system).refused], [2, 1]);
});

test('a connection whose instance cannot be started is hung up, and the socket fails', (t) => {
  const system = socket('Accept=yes');
  system.ask('start', 'a.socket');
  arrive(system, 'unix 1 0');
  t.is(stateOf(system).result, 'resources');
  t.is(system.host.sockets.open.size, 0);
});

test('TriggerLimitBurst= starts in TriggerLimitIntervalSec=, then the socket fails', (t) => {
  const system = socket('TriggerLimitBurst=2', '[Unit]\nStartLimitBurst=100\n[Service]\nExecStart=/bin/ok');
  system.ask('start', 'a.socket');
  for (let i = 0; i < 3; i++) arrive(system);
  t.is(stateOf(system).result, 'trigger-limit-hit');
  t.is(stateOf(system).sub, 'failed');
});

test('a service that was started too often takes its socket along', (t) => {
  const system = socket('', '[Unit]\nStartLimitBurst=2\n[Service]\nExecStart=/bin/bad');
  system.ask('start', 'a.socket');
  for (let i = 0; i < 3; i++) arrive(system);
  t.is(stateOf(system).result, 'service-start-limit-hit');
});

test('PollLimitBurst= pauses the looking, and the interval ends the pause', (t) => {
  const system = socket('PollLimitBurst=1\nPollLimitIntervalSec=10', '[Service]\nExecStart=/bin/ok');
  system.ask('start', 'a.socket');
  arrive(system);
  arrive(system);
  t.is(stateOf(system).sub, 'listening');
  t.is(system.host.sockets.watched.size, 0);
  system.pass(10_000_001);
  t.is(system.host.sockets.watched.size, 1);
});

test('FlushPending= drops what came while the service ended', (t) => {
  const system = socket('FlushPending=yes');
  system.ask('start', 'a.socket');
  arrive(system);
  const before = system.host.sockets.flushed.length;
  system.end('a', 0);
  t.is(system.host.sockets.flushed.length, before + 1);
});

test('ExecStartPre= that fails leaves the socket closed, ExecStartPost= closes it again', (t) => {
  const early = socket('ExecStartPre=/bin/bad');
  early.ask('start', 'a.socket');
  t.deepEqual([stateOf(early).sub, stateOf(early).result], ['failed', 'exit-code']);
  t.is(early.host.sockets.open.size, 0);
  const late = socket('ExecStartPost=/bin/slow\nExecStopPost=/bin/ok');
  late.ask('start', 'a.socket');
  t.is(stateOf(late).sub, 'start-post');
  t.is(late.host.sockets.open.size, 1);
  late.end('a.socket', 3);
  t.deepEqual([stateOf(late).sub, stateOf(late).result], ['failed', 'exit-code']);
  t.is(late.host.sockets.open.size, 0);
});

test('TimeoutSec= ends a command that does not end', (t) => {
  const system = socket('ExecStartPre=/bin/slow\nTimeoutSec=5');
  system.ask('start', 'a.socket');
  t.is(stateOf(system).sub, 'start-pre');
  system.pass(5_000_001);
  t.deepEqual([stateOf(system).sub, stateOf(system).result], ['failed', 'timeout']);
});

test('a daemon-reload leaves what is open as it is', (t) => {
  const system = socket('');
  system.ask('start', 'a.socket');
  system.write('a.socket', '[Socket]\nListenStream=/run/other');
  system.reload();
  t.is(stateOf(system).sub, 'listening');
  t.deepEqual([...system.host.sockets.open.values()], ['/run/a']);
  arrive(system);
  t.is(system.state('a'), 'active');
});

test('each option is the kernel’s number, before or after bind(2)', (t) => {
  const system = socket(
    'ListenStream=127.0.0.1:80\nReusePort=yes\nKeepAlive=yes\nIPTOS=low-delay\nBindIPv6Only=both\nBacklog=3',
  );
  const unit = system.core.world.records.get(name('a.socket'))?.unit;
  if (unit === undefined) throw new Error('not loaded');
  const fields = socketSettings(unit).listen.map((listen, number) =>
    openFields(unit, listen, number, { uid: 0, gid: undefined }),
  );
  t.like(fields[0], { family: 1, type: 1, address: '/run/a', backlog: 3, uidPlus1: 1, mode: 0o666 });
  t.like(fields[1], { family: 2, type: 1, address: '127.0.0.1', port: 80 });
  t.deepEqual(fields[1]?.optionNames, ['SO_REUSEPORT', 'SO_KEEPALIVE', 'IP_TOS']);
  t.deepEqual(fields[1]?.options, [1, 15, 1, 0, 1, 9, 1, 1, 0, 1, 16, 1]);
});
