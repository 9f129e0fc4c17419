/** A life of a box with every kind of unit in it, and what must be the same wherever its manager died. */
import { gate } from '../oracle/gate.ts';
import type { Box, Outcome } from './box.ts';
import type { Moment } from './brake.ts';
import { type At, liveRecorded, recordingPath } from './recorded-life.ts';

const puppet = (name: string, ...commands: readonly string[]): string =>
  `/run/t/puppet ${name} ${[`leave TERM`, ...commands].map((command) => `"${command}"`).join(' ')}`;

const readyService = (name: string, after: string, ...more: readonly string[]): string =>
  [
    `[Unit]\nAfter=${after}\n[Service]\nType=notify`,
    `ExecStart=${puppet(name, `log ${name} is up`, `notify READY=1|STATUS=${name} works`)}`,
    ...more,
    '',
  ].join('\n');

const units: Readonly<Record<string, string>> = {
  'first.service':
    '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStartPre=/run/t/note first pre\nExecStart=/run/t/note first one\nExecStart=/run/t/note first two\nExecStartPost=/run/t/note first post\n',
  'ready.service': readyService('ready', 'first.service', 'ExecStop=/run/t/note ready stop'),
  'store.service': `[Unit]\nAfter=ready.service\n[Service]\nType=notify\nFileDescriptorStoreMax=4\nExecStart=${puppet('store', 'fds', 'store mine FDSTORE=1|FDNAME=a', 'barrier', 'notify READY=1')}\n`,
  'forks.service': `[Unit]\nAfter=store.service\n[Service]\nType=forking\nExecStart=/run/t/puppet - "daemonize forks leave TERM; log forks is up" "exit 0"\n`,
  'last.service': readyService('last', 'forks.service'),
  'flaky.service':
    '[Unit]\nOnFailure=helps.service\nStartLimitIntervalSec=1h\nStartLimitBurst=3\n[Service]\nExecStart=/run/t/puppet - "log flaky" "exit 3"\nExecStopPost=/run/t/note flaky post\nRestart=on-failure\nRestartSec=0\n',
  'helps.service': '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/run/t/note helps\n',
  'reloads.service': readyService('reloads', 'first.service', 'ExecReload=/run/t/note reloads again'),
  'stopped.service': readyService(
    'stopped',
    'first.service',
    'ExecStop=/run/t/note stopped stop',
    'ExecStopPost=/run/t/note stopped post',
  ),
  'bound.service': readyService('bound', 'stopped.service').replace('[Unit]', '[Unit]\nBindsTo=stopped.service'),
  'back.service': readyService('back', 'first.service', 'Restart=always', 'RestartSec=0'),
  'fails.service': '[Service]\nType=oneshot\nExecStart=/run/t/puppet - "log fails" "exit 7"\n',
  'default.target': `[Unit]\nDefaultDependencies=no\nWants=first.service ready.service store.service forks.service last.service flaky.service reloads.service stopped.service bound.service back.service\n`,
};

const properties =
  'Id,ActiveState,SubState,Result,NRestarts,ExecMainCode,ExecMainStatus,StatusText,NFileDescriptorStore,Job';

/** Lines of the kinds that a brake counts, in a recording of one manager. */
export interface Counts {
  readonly event: number;
  readonly effects: number;
}

export interface Lived {
  /** One line each: what the services did, unit by unit in their order; what clients were told; what `show` says in the end. */
  readonly story: readonly string[];
  /** Of the first manager. */
  readonly counts: Counts;
  /** Whether the death came. */
  readonly died: boolean;
  readonly stderr: string;
}

/** The first manager dies when it has come there. */
export type Death = At;

/** Lives it; the first manager dies at that moment. */
export async function liveExactly(death?: Death): Promise<Lived> {
  let died = false;
  return liveRecorded(
    units,
    death,
    async (_box, stopped) => {
      await stopped.kill();
      died = true;
    },
    async (box) => {
      const answers = await lifeOf(box);
      const counts = countsOf(box.read(recordingPath));
      return { story: [...done(box.log()), ...answers], counts, died, stderr: box.stderr() };
    },
  );
}

async function lifeOf(box: Box): Promise<readonly string[]> {
  const answers: string[] = [];
  const ask = async (...words: readonly string[]): Promise<void> => {
    answers.push(`${words.join(' ')}: ${told(await box.call('systemctl', ...words))}`);
  };
  await box.logged('last is up');
  for (const name of ['bound', 'back', 'reloads']) await box.logged(`${name} is up`);
  await box.logged('helps');
  await ask('is-system-running', '--wait');
  await ask('reload', 'reloads');
  await ask('restart', 'ready', 'store');
  await ask('stop', 'stopped');
  await ask('start', 'bound');
  await box.tell('back', 'exit 1');
  await box.logged('back is up', 2);
  await ask('start', 'back', 'fails');
  await ask('kill', '-s', 'KILL', 'last');
  await ask('stop', 'forks', 'last');
  await ask('show', '-p', properties, ...Object.keys(units));
  return answers;
}

const told = ({ status, stdout, stderr }: Outcome): string => `${String(status)} ${stdout} ${stderr}`;

/** Who did what in which order; units do not wait for each other everywhere. */
function done(log: readonly string[]): readonly string[] {
  const word = (line: string): string => line.split(' ')[0] ?? '';
  return log.toSorted((a, b) => (word(a) < word(b) ? -1 : word(a) > word(b) ? 1 : 0));
}

function countsOf(recording: string): Counts {
  const first = recording.split('\n{"recording":', 2).join('').split('\n');
  return {
    event: first.filter((line) => line.startsWith('{"event":')).length,
    effects: first.filter((line) => line.startsWith('{"effects":')).length,
  };
}

/** What differs from the life without a death; undefined: nothing. */
function difference(expected: Lived, { story, stderr }: Lived): string | undefined {
  const at = story.findIndex((line, index) => line !== expected.story[index]);
  if (at < 0 && story.length === expected.story.length) return undefined;
  const place = at < 0 ? story.length : at;
  return `'${String(expected.story[place])}' became '${String(story[place])}'; the services:\n${story.join('\n')}\npidone said:\n${stderr}`;
}

/** All of them, through which it lived; of each kind of moment as many as there are in a life that nothing disturbs. */
export function allDeaths({ counts }: Lived): readonly Death[] {
  const of = (moment: Moment, count: number): readonly Death[] =>
    Array.from({ length: count }, (_, index) => ({ moment, at: index + 1 }));
  return [...of('event', counts.event), ...of('effects', counts.effects), ...of('amid', counts.effects)];
}

export interface Verdict {
  /** The deaths that came. Two lives differ by an event or two: the last ones may not come. */
  readonly died: number;
  readonly wrong: readonly string[];
}

/** Lives once for each of these deaths. The busier the machine the more events are in one batch: not all come. */
export async function judge(expected: Lived, deaths: readonly Death[]): Promise<Verdict> {
  const enter = gate();
  const wrong: string[] = [];
  let died = 0;
  const lives = deaths.map(async (death) => {
    const other = await enter(() => liveExactly(death));
    const differs = difference(expected, other);
    if (other.died) died++;
    if (differs !== undefined) wrong.push(`${death.moment} ${String(death.at)}: ${differs}`);
  });
  await Promise.all(lives);
  return { died, wrong };
}
