import test from 'ava';
import { service, told, world } from './world.ts';

test('A service that sets nothing has the defaults of systemctl show', (t) => {
  const unit = service();
  t.like(unit.service, {
    type: 'simple',
    restart: 'no',
    restartUsec: 100_000,
    timeoutStart: 90_000_000,
    timeoutStop: 90_000_000,
    runtimeMax: Infinity,
    notifyAccess: 'none',
    guessMainPid: true,
  });
  t.like(unit.service?.kill, {
    mode: 'control-group',
    signal: 15,
    finalSignal: 9,
    watchdogSignal: 6,
    sendSigkill: true,
  });
  t.like(unit.common, {
    startLimitInterval: 10_000_000,
    startLimitBurst: 5,
    collectMode: 'inactive',
    description: 'x.service',
  });
});

test('Of a setting given twice the last value counts, a list grows, an empty value empties it', (t) => {
  t.is(service('RestartSec=1', 'RestartSec=2').service?.restartUsec, 2_000_000 as never);
  t.deepEqual(service('Environment=A=1 B=2', 'Environment=C=3').service?.exec.environment, ['A=1', 'B=2', 'C=3']);
  t.deepEqual(service('Environment=A=1', 'Environment=', 'Environment=C=3').service?.exec.environment, ['C=3']);
  t.is(service('Type=oneshot', 'ExecStart=', 'ExecStart=/bin/y').service?.commands.ExecStart[0]?.path, '/bin/y');
});

test('Dependencies cannot be reset', (t) => {
  const { dependencies } = world({ 'x.target': '[Unit]\nWants=a.service\nWants=\nWants=b.service\n' }).load('x.target');
  t.deepEqual(
    dependencies.filter(({ kind }) => kind === 'Wants').map(({ on }) => on as string),
    ['a.service', 'b.service'],
  );
});

test('A wrong value is told with its line and changes nothing', (t) => {
  const unit = service('RestartSec=soon', 'Type=fast', 'UMask=9', 'KillSignal=SIGNONE');
  t.is(unit.load, 'loaded');
  t.like(unit.service, { type: 'simple', restartUsec: 100_000 });
  t.deepEqual(told(unit), [
    "3: Invalid value 'soon' of RestartSec=: not a time span; ignored",
    "4: Invalid value 'fast' of Type=: not a service type; ignored",
    "5: Invalid value '9' of UMask=: not a file mode; ignored",
    "6: Invalid value 'SIGNONE' of KillSignal=: not a signal; ignored",
  ]);
});

test('Unknown keys are told, those with X- are not, keys are case-sensitive', (t) => {
  t.deepEqual(told(service('Foo=1', 'X-Foo=1', 'type=simple')), [
    "3: Unknown key 'Foo' in section [Service]; ignored",
    "5: Unknown key 'type' in section [Service]; ignored",
  ]);
});

test('Known settings that pidone does not carry out are kept in their normal form, and emptied', (t) => {
  const unit = service(
    'PrivateTmp=on',
    'ReadWritePaths=/a/',
    'ReadWritePaths=-/b',
    'MemoryMax=1G',
    'BindPaths=/x',
    'BindPaths=',
  );
  t.deepEqual(
    [...unit.accepted],
    [
      ['PrivateTmp', 'yes'],
      ['ReadWritePaths', '/a -/b'],
      ['MemoryMax', '1073741824'],
    ],
  );
  t.deepEqual(unit.diagnostics, []);
});

test('What systemd refuses to load is bad-setting, with the reason', (t) => {
  const refused: readonly (readonly [string, string])[] = [
    ['[Service]\n', 'no ExecStart='],
    ['[Service]\nExecStop=/bin/x\n', 'no ExecStart='],
    ['[Service]\nExecStart=/bin/x\nExecStart=/bin/y\n', 'more than one ExecStart='],
    ['[Service]\nType=oneshot\nRestart=always\nExecStart=/bin/x\n', 'Restart=always'],
    ['[Service]\nType=oneshot\nRestartForceExitStatus=3\nExecStart=/bin/x\n', 'RestartForceExitStatus='],
    ['[Service]\nType=dbus\nExecStart=/bin/x\n', 'BusName='],
    ['[Service]\nExecStart=/bin/x "\n', 'Unbalanced quoting'],
    ['[Service]\nExecStart=/bin/x\nUser=a:b\n', 'Invalid user'],
    ['[Service]\nExecStart=/bin/x\nPAMName=login\nKillMode=none\n', 'PAM'],
  ];
  for (const [text, reason] of refused) {
    const unit = world({ 'x.service': text }).load('x.service');
    t.is(unit.load, 'bad-setting', text);
    t.true(unit.loadError.includes(reason), unit.loadError);
    t.true(unit.diagnostics.some(({ severity }) => severity === 'error'));
  }
});

test('The type follows from BusName= and ExecStart= when it is not said', (t) => {
  t.is(service('BusName=a.b').service?.type, 'dbus');
  const oneshot = world({ 'x.service': '[Service]\nExecStop=/bin/x\nRemainAfterExit=yes\n' }).load('x.service');
  t.is(oneshot.service?.type, 'oneshot');
});

test('A oneshot service has no timeout to start unless it says one', (t) => {
  t.is(service('Type=oneshot').service?.timeoutStart, Infinity as never);
  t.is(service('Type=oneshot', 'TimeoutStartSec=5').service?.timeoutStart, 5_000_000 as never);
  t.is(service('TimeoutSec=0').service?.timeoutStart, Infinity as never);
  t.is(service('TimeoutSec=7').service?.timeoutStop, 7_000_000 as never);
});

test('Type=notify and WatchdogSec= open the notify socket to the main process', (t) => {
  t.is(service('Type=notify').service?.notifyAccess, 'main');
  t.is(service('WatchdogSec=10').service?.notifyAccess, 'main');
  t.is(service('Type=notify', 'NotifyAccess=all').service?.notifyAccess, 'all');
});

test('Environment= drops names that are none and keeps the rest', (t) => {
  t.deepEqual(service(`Environment=A=1 "B=2 3" C='x' 1D=2 E-F=1 $G=1 H=`).service?.exec.environment, [
    'A=1',
    'B=2 3',
    'C=x',
    'H=',
  ]);
});

test('Conditions: | triggers, ! negates, an empty value empties the list', (t) => {
  const { conditions } = world({
    'x.target':
      '[Unit]\nConditionPathExists=/gone\nConditionPathExists=\nConditionPathExists=|!/a//b\nConditionHost=!x y\nAssertUser=root\n',
  }).load('x.target').common;
  t.deepEqual(conditions, [
    { kind: 'PathExists', trigger: true, negate: true, parameter: '/a/b' },
    { kind: 'Host', trigger: false, negate: true, parameter: 'x y' },
  ]);
});

test('Streams: words, files and descriptors', (t) => {
  const exec = service('StandardInput=null', 'StandardOutput=append:/var/log/x', 'StandardError=fd:err').service?.exec;
  t.deepEqual(exec?.stdout, { kind: 'append', path: '/var/log/x' });
  t.deepEqual(exec?.stderr, { kind: 'fd', name: 'err' });
  t.deepEqual(service('StandardOutput=syslog').service?.exec.stdout, { kind: 'journal' });
});

test('Directories are relative and never leave their place', (t) => {
  const unit = service('RuntimeDirectory=b a//c', 'RuntimeDirectoryMode=0700', 'StateDirectory=/abs ../x private/y');
  t.deepEqual(unit.service?.exec.directories.runtime, { paths: ['a/c', 'b'], links: [], mode: 0o700 });
  t.deepEqual(unit.service?.exec.directories.state.paths, []);
  t.is(unit.diagnostics.length, 3);
});

test('A directory may have links to it; what can only be read is as it is', (t) => {
  const unit = service(
    'StateDirectory=b:to/b a:x a:y:ro c::ro b\\:c d:/abs',
    'CacheDirectory=a',
    'ConfigurationDirectory=e:f',
  );
  t.deepEqual(unit.service?.exec.directories.state, {
    paths: ['a', 'b', 'b:c', 'c'],
    links: [
      ['a', 'x'],
      ['a', 'y'],
      ['b', 'to/b'],
    ],
    mode: 0o755,
  });
  t.deepEqual(unit.service?.exec.directories.configuration.paths, []);
  t.is(unit.diagnostics.length, 2);
});

test('Capability sets: a list sets, ~ takes away, empty is none', (t) => {
  t.is(service('CapabilityBoundingSet=CAP_CHOWN CAP_KILL').service?.exec.boundingCapabilities, 0b100001n);
  t.is(service('CapabilityBoundingSet=').service?.exec.boundingCapabilities, 0n);
  const all = (1n << 41n) - 1n;
  t.is(service('CapabilityBoundingSet=~CAP_CHOWN').service?.exec.boundingCapabilities, all & ~1n);
  t.is(
    service('CapabilityBoundingSet=CAP_CHOWN', 'CapabilityBoundingSet=CAP_KILL').service?.exec.boundingCapabilities,
    0b100001n,
  );
});

test('A PIDFile= without a directory is below /run', (t) => {
  t.is(service('PIDFile=x.pid').service?.pidFile, '/run/x.pid');
  t.is(service('PIDFile=/var/run/x.pid').service?.pidFile, '/run/x.pid');
});
