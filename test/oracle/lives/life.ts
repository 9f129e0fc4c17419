/** Random services and what is done to them, as lists of lines: a smaller case is one with a line less. */
import fc from 'fast-check';

/** One service: lines of its file, each with its section. */
export interface LifeUnit {
  /** Without ".service": "a". */
  readonly name: string;
  readonly lines: readonly (readonly ['Unit' | 'Service', string])[];
}

export interface Life {
  readonly units: readonly LifeUnit[];
  /** Words after `systemctl`. Units have an @ before their names, which are others on the machine. */
  readonly commands: readonly string[];
}

type Lines = LifeUnit['lines'];

/** So long is what waits for its end, or for a restart. What must be over before takes a few milliseconds. */
const SHORT = '400ms';

const statuses = ['1', '3', '75', '143', 'TERM', 'HUP', 'USR1', 'KILL'];

/** A command that ends by itself, mostly well. */
const quick = fc.oneof(
  { weight: 8, arbitrary: fc.constant('ends 0') },
  { weight: 3, arbitrary: fc.constantFrom(...statuses).map((how) => `ends ${how}`) },
  { weight: 1, arbitrary: fc.constantFrom('stays', 'deaf', 'onterm 0', 'onterm 3') },
);

/** A main process that is meant to stay. What ends by itself does so after its service is up. */
const lasting = fc.oneof(
  { weight: 6, arbitrary: fc.constant('stays') },
  { weight: 3, arbitrary: fc.constantFrom('deaf', 'onterm 0', 'onterm 3', 'onterm 143') },
  { weight: 4, arbitrary: fc.constantFrom('0', ...statuses).map((how) => `late ${how}`) },
  { weight: 1, arbitrary: fc.constantFrom('leaves 0', 'leaves 3') },
);

function some(weight: number, of: number, lines: fc.Arbitrary<Lines>): fc.Arbitrary<Lines> {
  return fc.oneof({ weight: of - weight, arbitrary: fc.constant<Lines>([]) }, { weight, arbitrary: lines });
}

function setting(section: 'Unit' | 'Service', key: string, ...values: readonly string[]): fc.Arbitrary<Lines> {
  return fc.constantFrom(...values).map((value) => [[section, `${key}=${value}`]]);
}

/** `ExecStop=/t/live %n stop-1 …`, so that the log says which line of which setting has run. */
function commands(key: string, action: fc.Arbitrary<string>, most: number): fc.Arbitrary<Lines> {
  return fc
    .array(fc.tuple(action, fc.constantFrom('', '', '', '-')), { minLength: 1, maxLength: most })
    .map((list) => list.map(([what, prefix], at) => ['Service', exec(key, at + 1, what, prefix)] as const));
}

/** Without a key: an ExecStart= that logs nothing. */
function exec(key: string, number: number, what: string, prefix = ''): string {
  const label = key === '' ? '-' : `${key.slice(4)}${String(number)}`;
  return `${key === '' ? 'ExecStart' : key}=${prefix}/t/live %n ${label} ${what}`;
}

/** Type= and the ExecStart= that fits it. */
const kinds = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom('simple', 'simple', 'exec'), lasting) },
  {
    weight: 4,
    arbitrary: fc.tuple(
      fc.constant('oneshot'),
      fc.oneof({ weight: 3, arbitrary: quick }, { weight: 1, arbitrary: lasting }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constant('forking'),
      fc.oneof(
        quick,
        lasting.map((how) => `forks ${how}`),
        lasting.map((how) => `forks ${how}`),
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constant('notify'),
      fc.oneof(
        quick,
        lasting.map((how) => `ready ${how}`),
        lasting.map((how) => `ready ${how}`),
      ),
    ),
  },
);

const started: fc.Arbitrary<Lines> = fc
  .tuple(kinds, fc.constantFrom('', '', '', '-'), quick, fc.nat(5))
  .map(([[type, what], prefix, second, several]) => [
    ['Service', `Type=${type}`],
    // Whether a process that is ended as soon as it is forked gets to say that it is there is left to chance.
    ['Service', exec(type === 'simple' ? '' : 'ExecStart', 1, what, prefix)],
    ...(type === 'oneshot' && several === 0 ? [['Service', exec('ExecStart', 2, second)] as const] : []),
    ...(type === 'notify' ? [['Service', 'NotifyAccess=all'] as const] : []),
  ]);

const statusList = fc.subarray(statuses, { minLength: 1, maxLength: 3 }).map((list) => list.join(' '));

function statusSetting(key: string): fc.Arbitrary<Lines> {
  return statusList.map((list) => [['Service', `${key}=${list}`]]);
}

/** The restarts that systemd refuses for Type=oneshot are left out of its file when it is written. */
const settings: readonly fc.Arbitrary<Lines>[] = [
  some(3, 10, commands('ExecStartPre', quick, 2)),
  some(2, 10, commands('ExecStartPost', quick, 2)),
  some(3, 10, commands('ExecStop', quick, 2)),
  some(4, 10, commands('ExecStopPost', quick, 2)),
  some(3, 10, commands('ExecReload', quick, 2)),
  some(1, 10, commands('ExecCondition', quick, 1)),
  some(
    6,
    10,
    setting('Service', 'Restart', 'always', 'on-success', 'on-failure', 'on-abnormal', 'on-abort', 'on-watchdog'),
  ),
  some(6, 10, setting('Service', 'RestartSec', '0', '0', SHORT)),
  some(4, 10, setting('Service', 'RemainAfterExit', 'yes')),
  some(3, 10, statusSetting('SuccessExitStatus')),
  some(2, 10, statusSetting('RestartPreventExitStatus')),
  some(2, 10, statusSetting('RestartForceExitStatus')),
  some(4, 10, setting('Service', 'KillMode', 'mixed', 'process', 'none')),
  some(2, 10, setting('Service', 'KillSignal', 'INT', 'USR1', 'HUP', 'KILL')),
  some(1, 10, setting('Service', 'RestartKillSignal', 'INT', 'USR1')),
  some(1, 10, setting('Service', 'FinalKillSignal', 'USR1', 'INT')),
  some(1, 10, setting('Service', 'SendSIGHUP', 'yes')),
  some(1, 10, setting('Service', 'SendSIGKILL', 'no')),
  some(1, 10, setting('Service', 'ExitType', 'cgroup')),
  some(1, 10, setting('Service', 'GuessMainPID', 'no')),
  some(5, 10, setting('Service', 'TimeoutStartSec', SHORT)),
  some(2, 10, setting('Service', 'TimeoutStartFailureMode', 'abort', 'kill')),
  some(2, 10, setting('Service', 'TimeoutStopFailureMode', 'abort', 'kill')),
  some(1, 10, setting('Service', 'TimeoutAbortSec', SHORT)),
  some(1, 10, setting('Service', 'RuntimeMaxSec', SHORT)),
  some(1, 20, setting('Service', 'WatchdogSec', '250ms')),
  some(2, 10, setting('Unit', 'StopWhenUnneeded', 'yes')),
  some(1, 10, setting('Unit', 'RefuseManualStart', 'yes')),
  some(1, 10, setting('Unit', 'RefuseManualStop', 'yes')),
  some(1, 20, setting('Unit', 'JobTimeoutSec', SHORT)),
  some(1, 20, setting('Unit', 'OnFailureJobMode', 'fail', 'ignore-requirements')),
];

/** By how often they are drawn. */
const dependencies = [
  'Requires',
  'Requires',
  'Wants',
  'Wants',
  'BindsTo',
  'BindsTo',
  'Requisite',
  'PartOf',
  'PartOf',
  'Upholds',
  'Conflicts',
  'PropagatesStopTo',
  'PropagatesReloadTo',
  'OnFailure',
  'OnFailure',
  'OnSuccess',
  'After',
  'After',
];

const names = ['a', 'b', 'c'];

/** Mostly with an order: two that start at once make a race. All orders go one way: a circle is resolved by chance. */
function dependencyLines(name: string, count: number, isDown: boolean): fc.Arbitrary<Lines> {
  const others = names.slice(0, count).filter((other) => other !== name);
  if (others.length === 0) return fc.constant([]);
  const one = fc
    .tuple(fc.constantFrom(...dependencies), fc.constantFrom(...others), fc.nat(7))
    .map(([key, other, unordered]): Lines => {
      const order = ['Unit', `${name < other === isDown ? 'After' : 'Before'}=@${other}.service`] as const;
      if (key === 'After') return [order];
      const line = ['Unit', `${key}=@${other}.service`] as const;
      return unordered === 0 || key.startsWith('On') ? [line] : [line, order];
    });
  return fc.array(one, { maxLength: 2 }).map((list) => list.flat());
}

function unit(name: string, count: number, isDown: boolean): fc.Arbitrary<LifeUnit> {
  const always: Lines = [
    ['Unit', 'DefaultDependencies=no'],
    ['Unit', 'StartLimitIntervalSec=1h'],
    ['Service', `TimeoutStopSec=${SHORT}`],
    ['Service', 'LimitCORE=0'],
  ];
  const burst = setting('Unit', 'StartLimitBurst', '1', '2', '3', '4');
  return fc
    .tuple(burst, dependencyLines(name, count, isDown), started, ...settings)
    .map((parts) => ({ name, lines: [...always, ...parts.flat()] }));
}

const verbs = [
  'start',
  'start',
  'start',
  'stop',
  'stop',
  'restart',
  'restart',
  'try-restart',
  'reload',
  'reload-or-restart',
  'reset-failed',
  'kill --signal=KILL',
  'kill --signal=TERM --kill-whom=main',
  'kill --signal=USR1 --kill-whom=main',
  'kill --signal=KILL --kill-whom=control',
];

export const lives: fc.Arbitrary<Life> = fc
  .tuple(fc.integer({ min: 1, max: names.length }), fc.boolean())
  .chain(([count, isDown]) => {
    const command = fc
      .tuple(fc.constantFrom(...verbs), fc.constantFrom(...names.slice(0, count)))
      .map(([verb, name]) => `${verb} @${name}.service`);
    return fc.record({
      units: fc.tuple(...names.slice(0, count).map((name) => unit(name, count, isDown))),
      commands: fc
        .tuple(fc.constantFrom(...names.slice(0, count)), fc.array(command, { minLength: 2, maxLength: 5 }))
        .map(([first, others]) => [`start @${first}.service`, ...others]),
    });
  });

/** The file of a unit whose case is called `prefix` on the machine. */
export function fileOf({ lines }: LifeUnit, prefix: string): string {
  const isOf = (type: string): boolean => lines.some(([, line]) => line === `Type=${type}`);
  const [isOneshot, isForking] = [isOf('oneshot'), isOf('forking')];
  const fitting = lines.filter(
    ([, line]) =>
      !(isOneshot && /^Restart=(?:always|on-success)$/.test(line)) &&
      // What becomes of it hangs on when systemd hears that the control group was empty between two commands.
      !(isForking && line.startsWith('ExitType=')),
  );
  const of = (section: string): string[] => fitting.filter(([each]) => each === section).map(([, line]) => line);
  return `${['[Unit]', ...of('Unit'), '[Service]', ...of('Service')].join('\n')}\n`.replaceAll('@', prefix);
}

export function toldOf({ units, commands: asked }: Life): string {
  const told = units.map(({ name, lines }) => [`${name}:`, ...lines.map(([, line]) => `  ${line}`)].join('\n'));
  return [...told, ...asked.map((command) => `$ systemctl ${command}`)].join('\n');
}
