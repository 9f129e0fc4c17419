import test from 'ava';

import { name } from '../../fake/unit.ts';
import { System } from '../system.ts';

const second = 1_000_000;
const oneshot = '[Service]\nType=oneshot\nExecStart=/bin/ok';
const slow = '[Service]\nType=oneshot\nExecStart=/bin/slow';

function timer(settings: string, service = oneshot): System {
  const system = new System({
    'a.timer': `[Timer]\nAccuracySec=1us\n${settings}`,
    'a.service': service,
    'keep.target': 'After=a.timer',
  });
  // A unit that names them keeps them loaded when they are down.
  system.ask('start', 'keep.target');
  system.seen();
  return system;
}

/** How often the unit was started since the last look. */
function starts(system: System): number {
  return system.seen().filter((line) => line === 'a.service activating').length;
}

test('OnActiveSec= comes once, counted from the start of the timer, and the timer is elapsed', (t) => {
  const system = timer('OnActiveSec=10s');
  system.ask('start', 'a.timer');
  t.is(system.sub('a.timer'), 'waiting');
  system.pass(9.9 * second);
  t.is(starts(system), 0);
  system.pass(0.2 * second);
  t.is(starts(system), 1);
  t.is(system.sub('a.timer'), 'elapsed');
  system.pass(100 * second);
  t.is(starts(system), 0);
  system.ask('restart', 'a.timer');
  system.pass(10 * second);
  t.is(starts(system), 1);
});

test('RemainAfterElapse=no: a timer with nothing left to come is dead', (t) => {
  const system = timer('OnActiveSec=1s\nRemainAfterElapse=no');
  system.ask('start', 'a.timer');
  system.pass(2 * second);
  t.is(system.sub('a.timer'), 'dead');
});

test('OnBootSec= and OnStartupSec= count from the start of pidone, and come at once where that is over', (t) => {
  const system = timer('OnBootSec=10s\nOnStartupSec=30s');
  system.pass(20 * second);
  system.ask('start', 'a.timer');
  system.pass(0);
  t.is(starts(system), 1);
  system.pass(9 * second);
  t.is(starts(system), 0);
  system.pass(2 * second);
  t.is(starts(system), 1);
  t.is(system.sub('a.timer'), 'elapsed');
});

test('while its unit is up the timer is running, and what elapses meanwhile is one start when it is down', (t) => {
  const system = timer('OnActiveSec=1s\nOnUnitActiveSec=5s', slow);
  system.ask('start', 'a.timer');
  system.pass(1 * second);
  t.is(starts(system), 1);
  t.is(system.sub('a.timer'), 'running');
  system.pass(60 * second);
  t.is(starts(system), 0);
  system.end('a', 0);
  t.is(system.sub('a.timer'), 'waiting');
  system.pass(0);
  t.is(starts(system), 1);
});

test('OnUnitActiveSec= counts from the last start of the unit, OnUnitInactiveSec= from its end', (t) => {
  for (const [setting, after] of [
    ['OnUnitActiveSec', 5],
    ['OnUnitInactiveSec', 8],
  ] as const) {
    const system = timer(`OnActiveSec=1s\n${setting}=8s`, slow);
    system.ask('start', 'a.timer');
    system.pass(1 * second);
    system.pass(3 * second);
    system.end('a', 0);
    t.is(starts(system), 1, setting);
    system.pass((after - 0.1) * second);
    t.is(starts(system), 0, setting);
    system.pass(0.2 * second);
    t.is(starts(system), 1, setting);
  }
});

test('a timer of nothing but OnUnitActiveSec= waits elapsed until its unit was started by somebody', (t) => {
  const system = timer('OnUnitActiveSec=5s');
  system.ask('start', 'a.timer');
  t.is(system.sub('a.timer'), 'elapsed');
  system.ask('start', 'a');
  t.is(system.sub('a.timer'), 'waiting');
  t.is(starts(system), 1);
  system.pass(5 * second);
  t.is(starts(system), 1);
  system.pass(5 * second);
  t.is(starts(system), 1);
});

test('OnCalendar= comes again and again, and a unit that cannot keep up is started once for what it missed', (t) => {
  const system = timer('OnCalendar=*:*:0/10', slow);
  system.ask('start', 'a.timer');
  system.pass(9 * second);
  t.is(starts(system), 1);
  system.pass(35 * second);
  system.end('a', 0);
  system.pass(0);
  t.is(starts(system), 1);
  system.end('a', 0);
  system.pass(4.9 * second);
  t.is(starts(system), 0);
  system.pass(0.2 * second);
  t.is(starts(system), 1);
});

test('DeferReactivation=yes: what elapsed while the unit was up is let go', (t) => {
  const system = timer('OnCalendar=*:*:0/10\nDeferReactivation=yes', slow);
  system.ask('start', 'a.timer');
  system.pass(44 * second);
  system.end('a', 0);
  t.is(starts(system), 1);
  system.pass(4.9 * second);
  t.is(starts(system), 0);
  system.pass(0.2 * second);
  t.is(starts(system), 1);
});

test('the clock is set: a calendar goes by it at once, a span does not', (t) => {
  const calendar = timer('OnCalendar=*:0/10:0');
  calendar.ask('start', 'a.timer');
  calendar.pass(10 * second);
  calendar.setClock(600 * second);
  calendar.pass(0);
  t.is(starts(calendar), 1);
  calendar.setClock(-600 * second);
  calendar.pass(588 * second);
  t.is(starts(calendar), 0);
  calendar.pass(2 * second);
  t.is(starts(calendar), 1);

  const span = timer('OnActiveSec=10s');
  span.ask('start', 'a.timer');
  span.setClock(600 * second);
  span.pass(9 * second);
  t.is(starts(span), 0);
  span.pass(1 * second);
  t.is(starts(span), 1);
});

test('OnClockChange= and OnTimezoneChange= start the unit when the clock or the zone is set', (t) => {
  const clock = timer('OnClockChange=yes');
  clock.ask('start', 'a.timer');
  clock.setClock(second);
  t.is(starts(clock), 1);
  t.is(clock.sub('a.timer'), 'waiting');

  const zone = timer('OnTimezoneChange=yes');
  zone.host.memory.link('/etc/localtime', '/usr/share/zoneinfo/UTC');
  zone.ask('start', 'a.timer');
  zone.host.memory.put('/etc/motd', 'x');
  zone.touched('/etc');
  t.is(starts(zone), 0);
  zone.host.memory.delete('/etc/localtime');
  zone.host.memory.link('/etc/localtime', '/usr/share/zoneinfo/Europe/Berlin');
  zone.touched('/etc');
  t.is(starts(zone), 1);
});

test('Persistent=yes: what elapsed while the container was down is made up for at once, and the stamp is of the last start', (t) => {
  const system = timer('OnCalendar=*:0/10:0\nPersistent=yes');
  system.setClock(1_700_000_000 * second);
  const stamp = '/var/lib/systemd/timers/stamp-a.timer';
  const modified = (): number => {
    const status = system.host.status(stamp);
    return typeof status === 'number' ? 0 - status : status.modified;
  };
  system.ask('start', 'a.timer');
  system.pass(0);
  t.is(starts(system), 0);
  t.is(modified(), 1_700_000_001 * second);
  system.ask('stop', 'a.timer');
  system.host.touchFile(stamp, 1_699_990_000 * second);
  system.ask('start', 'a.timer');
  system.pass(0);
  t.is(starts(system), 1);
  t.is(modified(), 1_700_000_001 * second);
  system.ask('stop', 'a.timer');
  t.deepEqual(system.core.clean(name('a.timer'), ['state']), { ok: true, value: undefined });
  system.settle();
  t.is(modified(), -2);
});

test('a stamp of the future is not believed', (t) => {
  const system = timer('OnCalendar=*:0/10:0\nPersistent=yes');
  system.host.memory.directory('/var/lib/systemd/timers', 0o755);
  system.host.touchFile('/var/lib/systemd/timers/stamp-a.timer', 5_000_000_000 * second);
  system.ask('start', 'a.timer');
  system.pass(600 * second);
  t.is(starts(system), 1);
  t.true(system.logs.some((line) => line.includes('in the future')));
});

test('a unit that is not loaded cannot be waited for', (t) => {
  const system = timer('OnActiveSec=1s\nUnit=b.service');
  system.ask('start', 'a.timer');
  t.is(system.sub('a.timer'), 'dead');
  t.true(system.seen().includes('a.timer job failed'));
});

test('a start that cannot be queued fails the timer: Result=resources, until reset-failed', (t) => {
  const system = timer('OnActiveSec=1s');
  system.ask('start', 'a.timer');
  system.mask('a.service');
  system.reload();
  system.pass(1 * second);
  t.is(system.sub('a.timer'), 'failed');
  const record = system.core.load(name('a.timer'));
  t.is(system.core.machine.result(record.state), 'resources');
  t.true(system.logs.includes('a.timer: Failed to queue unit startup job: Unit a.service is masked.'));
  system.core.resetFailed(name('a.timer'));
  t.is(system.sub('a.timer'), 'dead');
});

test('too many starts of a timer: Result=start-limit-hit', (t) => {
  const system = timer('OnActiveSec=1h');
  for (let i = 0; i < 5; i++) {
    system.ask('start', 'a.timer');
    system.ask('stop', 'a.timer');
  }
  system.ask('start', 'a.timer');
  t.is(system.sub('a.timer'), 'failed');
  t.is(system.core.machine.result(system.core.load(name('a.timer')).state), 'start-limit-hit');
});

test('daemon-reload: new settings count, what had its one time stays spent, and a file that is gone changes nothing', (t) => {
  const system = timer('OnBootSec=5s\nOnActiveSec=20s');
  system.ask('start', 'a.timer');
  system.pass(5 * second);
  t.is(starts(system), 1);
  system.write('a.timer', '[Timer]\nAccuracySec=1us\nOnBootSec=5s\nOnActiveSec=10s');
  system.reload();
  system.pass(4.9 * second);
  t.is(starts(system), 0);
  system.pass(0.2 * second);
  t.is(starts(system), 1);
  t.is(system.sub('a.timer'), 'elapsed');

  const gone = timer('OnActiveSec=10s');
  gone.ask('start', 'a.timer');
  gone.files.delete('/units/a.timer');
  gone.reload();
  gone.pass(10 * second);
  t.is(starts(gone), 1);
});

test('the started unit is told by what, and a start by hand is nobody’s', (t) => {
  const system = timer('OnActiveSec=1s', slow);
  system.ask('start', 'a.timer');
  system.pass(1 * second);
  t.deepEqual(system.core.load(name('a')).activation, [
    ['trigger_unit', 'a.timer'],
    ['trigger_timer_realtime_usec', '2000000'],
    ['trigger_timer_monotonic_usec', '2000000'],
  ]);
  system.end('a', 0);
  system.ask('start', 'a');
  t.is(system.core.load(name('a')).activation, undefined);
});

test('RandomizedDelaySec= only ever delays, and FixedRandomDelay= always by the same', (t) => {
  const next = (settings: string): number => {
    const system = timer(settings);
    system.host.memory.put('/etc/machine-id', '3d1219c7c4c5404aaa1f6d2a48adfda4\n');
    system.ask('start', 'a.timer');
    const { state } = system.core.load(name('a.timer'));
    return state.type === 'timer' ? (state.own.nextMonotonic ?? 0) : 0;
  };
  const delays = [1, 2, 3].map(() => next('OnActiveSec=10s\nRandomizedDelaySec=1h') - 11 * second);
  for (const delay of delays) t.true(delay >= 0 && delay < 3600 * second);
  const fixed = 'OnActiveSec=10s\nRandomizedDelaySec=1h\nFixedRandomDelay=yes';
  t.is(next(fixed), next(fixed));
});

test('stop: a timer that is to stop starts nothing more', (t) => {
  const system = timer('OnActiveSec=1s');
  system.ask('start', 'a.timer');
  system.ask('stop', 'a.timer');
  system.pass(10 * second);
  t.is(starts(system), 0);
  t.is(system.sub('a.timer'), 'dead');
});
