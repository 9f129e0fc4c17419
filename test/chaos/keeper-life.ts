/** A life in which the keeper that has just said something is killed, exactly then; and what the state table allows to come of it. */
import { parseTapeLine, type TapeLine } from '../../src/manager/recording.ts';
import { gate } from '../oracle/gate.ts';
import type { Box } from './box.ts';
import { cmdlineOf, treeOf } from './processes.ts';
import { type At, liveRecorded, recordingPath } from './recorded-life.ts';
import { untilCalled } from './until.ts';

/** Whoever starts while another of its name is there says so: the lock is held as long as the process lives. */
const guarded = (name: string, ...commands: readonly string[]): string =>
  `/bin/sh -c 'exec 9>>/run/${name}.lock; flock -n 9 || /run/t/note ${name} twice; exec /run/t/puppet ${name} ${commands.map((command) => `"${command}"`).join(' ')}'`;

const ready = (name: string): string => guarded(name, 'leave TERM', `log ${name} is up`, 'notify READY=1');

const units = {
  'plain.service': `[Service]\nType=notify\nExecStartPre=/run/t/note plain pre\nExecStart=${ready('plain')}\nExecStartPost=/run/t/note plain post\n`,
  'again.service': `[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=notify\nExecStartPre=/run/t/note again pre\nExecStart=${ready('again')}\nExecStopPost=/run/t/note again left\nRestart=always\nRestartSec=0\n`,
  'failing.service': `[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=exec\nExecStart=${guarded('failing', 'leave TERM', 'log failing is up')}\nRestart=on-failure\nRestartSec=0\n`,
  'once.service':
    '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/run/t/note once first\nExecStart=/run/t/note once second\n',
  'stopped.service': `[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=notify\nExecStart=${ready('stopped')}\nExecStop=/run/t/note stopped stops\nExecStopPost=/run/t/note stopped post\nRestart=always\nRestartSec=0\n`,
};
const names = ['plain', 'again', 'failing', 'once', 'stopped'] as const;
type Name = (typeof names)[number];

export interface KeeperLived {
  /** Whose keeper was killed, and the type of the frame that it had sent; undefined: the manager stood at nothing that a keeper had said. */
  readonly killed: { readonly name: Name; readonly frame: number } | undefined;
  /** By name: what it did, in order. */
  readonly did: Readonly<Record<Name, readonly string[]>>;
  /** By name: "ActiveState SubState Result". */
  readonly states: Readonly<Record<Name, string>>;
  /** By name: how many processes of it there are in the end. */
  readonly copies: Readonly<Record<Name, number>>;
  /** Events of the first manager. */
  readonly events: number;
  readonly stderr: string;
}

/** When the manager stands at that moment the keeper of the last event dies, and the manager with it if `both`. */
export interface KeeperDeath extends At {
  readonly both: boolean;
}

export async function liveWithoutKeeper(death?: KeeperDeath): Promise<KeeperLived> {
  let killed: KeeperLived['killed'];
  return liveRecorded(
    units,
    death,
    async (box, stopped) => {
      killed = lastSpeaker(box.read(recordingPath));
      if (killed !== undefined) for (const pid of box.keepers(`${killed.name}.service`)) process.kill(pid, 'SIGKILL');
      await (death?.both === true ? stopped.kill() : stopped.letGo());
    },
    async (box) => ({
      states: await lifeOf(box),
      killed,
      did: byName((name) => box.log().filter((line) => line.startsWith(`${name} `))),
      copies: byName((name) => copiesOf(box, name)),
      events: box.read(recordingPath).match(/^\{"event":/gm)?.length ?? 0,
      stderr: box.stderr(),
    }),
  );
}

async function lifeOf(box: Box): Promise<Readonly<Record<Name, string>>> {
  await box.said(/ is up after /);
  await settled(box);
  await box.call('systemctl', 'stop', 'stopped');
  return await settled(box);
}

/** Resolves when no unit is on its way; what restarts has no job all the time, so that nothing tells. */
async function settled(box: Box): Promise<Readonly<Record<Name, string>>> {
  const asked = ['show', '-p', 'ActiveState,SubState,Result,Job', ...names.map((name) => `${name}.service`)];
  let shown = '';
  await untilCalled(async () => {
    shown = (await box.call('systemctl', ...asked)).stdout;
    return shown !== '' && !/ivating|Job=[1-9]/.test(shown);
  });
  const blocks = shown.split('\n\n');
  return byName((name) => stateOf(blocks[names.indexOf(name)] ?? ''));
}

function stateOf(shown: string): string {
  const value = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(shown)?.[1] ?? '';
  return ['ActiveState', 'SubState', 'Result'].map(value).join(' ');
}

const byName = <Value>(of: (name: Name) => Value): Record<Name, Value> => ({
  plain: of('plain'),
  again: of('again'),
  failing: of('failing'),
  once: of('once'),
  stopped: of('stopped'),
});

const copiesOf = (box: Box, name: string): number =>
  treeOf(box.init).filter((pid) => cmdlineOf(pid).startsWith(`/run/t/puppet ${name} `)).length;

/** Whose frame the last event of a recording is. */
function lastSpeaker(recording: string): KeeperLived['killed'] {
  const lines: readonly TapeLine[] = recording
    .split('\n')
    .filter((line) => /^\{"(event|effects)":/.test(line))
    .map(parseTapeLine);
  const last = lines.findLast((line) => 'event' in line);
  if (last === undefined || !('event' in last) || last.event.kind !== 'frame') return undefined;
  const { keeper, bytes } = last.event;
  const made = lines
    .flatMap((line) => ('effects' in line ? line.effects : []))
    .find((effect) => effect.kind === 'make-keeper' && effect.keeper === keeper);
  if (made?.kind !== 'make-keeper') return undefined;
  const text = Buffer.from(made.bytes).toString('latin1');
  const name = names.find((each) => text.includes(`${each}.service\0`));
  return name === undefined ? undefined : { name, frame: bytes[2] ?? 0 };
}

const failed = 'failed failed signal; 0 left';
const runs = 'active running success; 1 left';

/**
 * What may have become of who lost its keeper: the end, then what it did. The state table takes the loss for a main process (or a command) that
 * a signal ended. What was carried out and not heard of, as the keeper died with its word, may have been done; nothing is done twice in one life.
 */
const mayBecome: Readonly<Record<Name, readonly RegExp[]>> = {
  plain: [new RegExp(`^${failed}: (pre(,is up(,post)?(,left on SIGTERM)?)?)?$`)],
  // Its first life to wherever it came, ExecStopPost=, and the second in full.
  again: [new RegExp(`^${runs}: (pre(,is up)?(,left on SIGTERM)?)?,?left,pre,is up$`)],
  failing: [new RegExp(`^${runs}: (is up,(left on SIGTERM,)?)?is up$`)],
  once: [new RegExp(`^${failed}: (first(,second)?)?$`), /^active exited success; 0 left: first,second$/],
  stopped: [
    // Before it was told to stop: Restart=.
    /^inactive dead success; 0 left: (is up,)?(left on SIGTERM,)?post,is up,stops,left on SIGTERM,post$/,
    // While it stopped: never again.
    /^(failed failed signal|inactive dead success); 0 left: is up(,stops)?(,left on SIGTERM)?(,post)?$/,
  ],
};

export interface KeeperVerdict {
  readonly killed: number;
  readonly wrong: readonly string[];
}

/** Lives once for each of these deaths. */
export async function judgeKeepers(expected: KeeperLived, deaths: readonly KeeperDeath[]): Promise<KeeperVerdict> {
  const enter = gate();
  const wrong: string[] = [];
  let killed = 0;
  const lives = deaths.map(async (death) => {
    const lived = await enter(() => liveWithoutKeeper(death));
    if (lived.killed !== undefined) killed++;
    for (const name of names) {
      const became = endOf(lived, name);
      const right =
        name === lived.killed?.name
          ? mayBecome[name].some((end) => end.test(became))
          : became === endOf(expected, name);
      const where = `${JSON.stringify(death)} killed the keeper of ${JSON.stringify(lived.killed)}`;
      if (!right) wrong.push(`${where}: ${name} became '${became}'; pidone said:\n${lived.stderr}`);
    }
  });
  await Promise.all(lives);
  return { killed, wrong };
}

function endOf({ states, copies, did }: KeeperLived, name: Name): string {
  const words = did[name].map((line) => line.slice(name.length + 1));
  return `${states[name]}; ${String(copies[name])} left: ${words.join()}`;
}
