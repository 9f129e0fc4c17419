/** A whole life of a container as a list of steps, and what must be the same whatever died on the way. */
import { programParts } from '../../scripts/build/layout.ts';
import { Container, type Moment } from '../fake/container.ts';
import type { EndCode } from '../fake/keeper.ts';

export type Step =
  /** A client asks; nobody waits for its answer. */
  | { readonly ask: readonly string[] }
  /** The main process of a unit ends by itself. */
  | { readonly end: string; readonly code: EndCode; readonly status: number }
  | { readonly says: string; readonly text: string }
  | { readonly losesKeeper: string }
  /** usec */
  | { readonly pass: number }
  | 'SIGTERM';

export interface Life {
  /** Below /etc/systemd/system. */
  readonly units: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

/** Where in a life the manager dies. */
export interface Death {
  /** The number of the batch, counted over all managers from 1. */
  readonly at: number;
  readonly when: Moment;
}

/** What must not depend on deaths. */
export interface Story {
  /** Of each unit, in order. */
  readonly commands: Readonly<Record<string, readonly string[]>>;
  readonly answers: readonly string[];
  /** What `systemctl show` says of each unit before the end. */
  readonly units: readonly string[];
  readonly exited: number | undefined;
}

const parts: Readonly<Record<string, unknown>> = Object.fromEntries(
  await Promise.all(
    programParts.map(async (part) => [part.replace('src/', ''), (await import(`../../${part}`)) as unknown]),
  ),
) as Record<string, unknown>;

const properties = [
  ...['ActiveState', 'SubState', 'Result', 'NRestarts', 'ExecMainCode', 'ExecMainStatus', 'StatusText', 'Job'],
  ...['NFileDescriptorStore', 'ConditionResult', 'MainPID', 'ControlPID', 'NeedDaemonReload'],
];

/** Lives it, with or without a death. */
export async function live({ units, steps }: Life, death?: Death): Promise<{ story: Story; container: Container }> {
  const files = Object.fromEntries(Object.entries(units).map(([name, text]) => [`/etc/systemd/system/${name}`, text]));
  const container = new Container({ files, parts });
  const kill = [death?.at ?? Infinity, death?.when ?? 'after'] as const;
  const clients = [];
  await container.settle(...kill);
  for (const step of steps) {
    if (step === 'SIGTERM') container.terminate();
    else if ('ask' in step) clients.push(container.ask(...step.ask));
    else if ('end' in step) container.end(step.end, step.code, step.status);
    else if ('says' in step) container.notify(step.says, step.text);
    else if ('losesKeeper' in step) container.loseKeeper(step.losesKeeper);
    else await container.pass(step.pass, ...kill);
    await container.settle(...kill);
  }
  const shown = container.ask('systemctl', 'show', '-p', properties.join(), ...Object.keys(units));
  await container.settle(...kill);
  container.terminate();
  await container.settle(...kill);
  for (let waits = 0; container.exited === undefined && waits < 20; waits++) await container.pass(1_000_000, ...kill);
  return { container, story: tell(container, clients, shown.stdout) };
}

function tell(
  container: Container,
  clients: readonly { readonly words: readonly string[]; status: number | undefined; stdout: string; stderr: string }[],
  shown: string,
): Story {
  const commands: Record<string, string[]> = {};
  for (const command of container.commands) {
    const space = command.indexOf(' ');
    (commands[command.slice(0, space)] ??= []).push(command.slice(space + 1));
  }
  return {
    commands: Object.fromEntries(Object.entries(commands).sort(([a], [b]) => (a < b ? -1 : 1))),
    answers: clients.map(
      ({ words, status, stdout, stderr }) => `${words.join(' ')}: ${String(status)} ${stdout}${stderr}`,
    ),
    // A pid says no more than that there is one.
    units: shown.replaceAll(/PID=[1-9]\d*/g, 'PID=some').split('\n\n'),
    exited: container.exited,
  };
}

/** What differs after these deaths: the first line of each that has another story. */
export async function differences(
  life: Life,
  deaths: (batches: number) => readonly Death[],
): Promise<readonly string[]> {
  const { story, container } = await live(life);
  const expected = lines(story);
  const found: string[] = [];
  for (const death of deaths(container.batches)) {
    const other = lines((await live(life, death)).story);
    const at = other.findIndex((line, index) => line !== expected[index]);
    if (at < 0 && other.length === expected.length) continue;
    found.push(
      `killed ${death.when} batch ${String(death.at)}: '${String(expected[at])}' became '${String(other[at])}'`,
    );
  }
  return found;
}

/** Each batch once, in its moments by turns. */
export function everyBatch(batches: number): readonly Death[] {
  const moments: readonly Moment[] = ['before', 'amid', 'after'];
  return Array.from({ length: batches }, (_, index) => ({ at: index + 1, when: moments[index % 3] ?? 'after' }));
}

function lines({ commands, answers, units, exited }: Story): string[] {
  const ran = Object.entries(commands).flatMap(([unit, list]) => list.map((command) => `${unit} ${command}`));
  return [...ran, ...answers, ...units, `exit ${String(exited)}`];
}
