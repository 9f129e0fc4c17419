/**
 * Lives that nobody wrote, the same for the same seed. What fails is wanted by targets alone: whether a unit's failure comes before or
 * after another's success is a race that either may win, and no matter of who died.
 */
import { randomOf } from '../fuzz/random.ts';
import type { Life, Step } from './life.ts';

const SECOND = 1_000_000;

export function randomLife(seed: number): Life {
  const random = randomOf(seed);
  const below = (limit: number): number => random.below(limit);
  const pick = <T>(list: readonly T[]): T => random.pick(list);
  /** In so many of ten cases. */
  const maybe = (tenths: number, ...lines: readonly string[]): readonly string[] => (below(10) < tenths ? lines : []);

  /** What others may need: it starts and stays. */
  const solid = (name: string, before: readonly string[]): string => {
    const [type, command] = pick([
      ['simple', `/bin/${name}`],
      ['exec', `/obeys/${name}`],
      ['notify', `/ready/${name}`],
      ['notify', `/storing/${name}`],
      ['forking', `/forking/${name}`],
      ['oneshot', '/once/0/main'],
      ['idle', `/bin/${name}`],
      ['simple', `/deaf/${name}`],
    ] as const);
    const kind = (): string => pick(['Requires', 'Wants', 'BindsTo', 'PartOf', 'Requisite', 'Upholds']);
    return [
      '[Unit]',
      ...before.flatMap((other) => maybe(5, `After=${other}`)),
      ...before.flatMap((other) => maybe(3, `${kind()}=${other}`)),
      ...maybe(1, 'StopWhenUnneeded=yes'),
      '[Service]',
      `Type=${type}`,
      `ExecStart=${command}`,
      'TimeoutStopSec=3',
      // What is upheld and ends by itself is started until a limit is hit: at which moment is a race.
      ...maybe(type === 'oneshot' ? 10 : 3, 'RemainAfterExit=yes'),
      ...maybe(3, 'ExecStartPre=/once/0/pre'),
      ...maybe(3, 'ExecStartPost=/once/0/post'),
      ...maybe(3, 'ExecStop=/once/0/stop'),
      ...maybe(3, 'ExecStopPost=-/once/1/stop-post'),
      ...maybe(4, 'ExecReload=/once/0/reload'),
      ...(type === 'oneshot' ? [] : maybe(5, `Restart=${pick(['always', 'on-failure'])}`)),
      ...maybe(5, `RestartSec=${pick(['0', '1', '2'])}`),
      ...maybe(3, `KillMode=${pick(['mixed', 'process', 'control-group'])}`),
      ...maybe(3, 'FileDescriptorStoreMax=2'),
      ...(type === 'notify' ? maybe(3, 'WatchdogSec=8') : []),
      '',
    ].join('\n');
  };
  /** Nobody needs it. */
  const flimsy = (name: string): string =>
    [
      '[Unit]',
      ...maybe(6, `OnFailure=helps@${name}.service`),
      'StartLimitBurst=3',
      'StartLimitIntervalSec=60',
      '[Service]',
      `Type=${pick(['simple', 'exec', 'oneshot'])}`,
      ...maybe(3, 'ExecStartPre=/once/1/pre'),
      `ExecStart=/once/${pick(['1', '0', '7'])}/main`,
      ...maybe(5, `Restart=${pick(['on-failure', 'no'])}`, 'RestartSec=1'),
      ...maybe(3, 'ExecStopPost=/once/0/stop-post'),
      '',
    ].join('\n');

  const units: Record<string, string> = { 'helps@.service': '[Service]\nType=oneshot\nExecStart=/once/0/helps\n' };
  const strong: string[] = [];
  const weak: string[] = [];
  for (let index = 0, count = 3 + below(6); index < count; index++) {
    const name = `s${String(index)}.service`;
    units[name] = solid(`s${String(index)}`, strong);
    strong.push(name);
  }
  for (let index = 0, count = below(3); index < count; index++) {
    const name = `w${String(index)}.service`;
    units[name] = flimsy(`w${String(index)}`);
    weak.push(name);
  }
  const few = strong.filter(() => below(2) === 0);
  units['few.target'] = `[Unit]\nAllowIsolate=yes\nWants=${few.join(' ')}\n`;
  units['multi-user.target'] =
    `[Unit]\nAllowIsolate=yes\nWants=${[...strong.filter(() => below(5) > 0), ...weak].join(' ')}\n`;

  const step = (): Step => {
    const unit = pick(strong);
    const roll = below(100);
    if (roll < 45) {
      const verb = pick(['start', 'stop', 'restart', 'try-restart', 'reload', 'reload-or-restart', 'kill']);
      return { ask: ['systemctl', verb, unit, ...(verb === 'kill' ? [] : maybe(3, pick([...strong, ...weak])))] };
    }
    if (roll < 55) return { ask: ['systemctl', 'isolate', pick(['few.target', 'multi-user.target'])] };
    if (roll < 70)
      return { end: unit, ...pick([{ code: 'killed', status: 9 } as const, { code: 'exited', status: 1 } as const]) };
    if (roll < 75) return { says: unit, text: pick(['STATUS=here', 'WATCHDOG=1', 'RELOADING=1', 'READY=1']) };
    if (roll < 80) return { losesKeeper: unit };
    if (roll < 83) return { ask: ['systemctl', 'daemon-reload'] };
    if (roll < 86) return { ask: ['systemctl', 'reset-failed'] };
    return { pass: pick([1, 2, 5, 9]) * SECOND };
  };
  const steps: Step[] = [{ pass: SECOND }];
  while (steps.length < 16) steps.push(step());
  return { units, steps: [...steps, { pass: 10 * SECOND }] };
}
