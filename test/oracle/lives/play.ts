/** Lives, lived on a machine. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Machine } from '../machine.ts';
import { normalise } from '../normalise.ts';
import { fileOf } from './life.ts';
import type { Life } from './life.ts';

/** What is seen after each command: what it said, how each unit is, and which commands of each were run. */
export type Seen = readonly string[];

/** So many at once: they wait most of the time, and what they wait for must not be late by the others. */
const AT_ONCE = 6;

/** All lives on one machine, which no other has units of. */
export async function play(
  boot: (units: string) => Promise<Machine>,
  lives: readonly Life[],
): Promise<readonly Seen[]> {
  const units = await mkdtemp(path.join(tmpdir(), 'pidone-lives-'));
  let machine: Machine;
  try {
    for (const [at, life] of lives.entries())
      for (const unit of life.units)
        await writeFile(path.join(units, `${prefixOf(at)}${unit.name}.service`), fileOf(unit, prefixOf(at)));
    machine = await boot(units);
  } finally {
    await rm(units, { recursive: true, force: true });
  }
  try {
    await machine.run('mkdir /run/lives');
    const seen: Seen[] = [];
    const waiting = [...lives.entries()];
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [at, life] = next;
        seen[at] = await live(machine, life, prefixOf(at));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return seen;
  } finally {
    await machine.down();
  }
}

function prefixOf(at: number): string {
  return `l${String(at)}-`;
}

async function live(machine: Machine, life: Life, prefix: string): Promise<Seen> {
  const names = life.units.map(({ name }) => `${prefix}${name}.service`);
  const seen: string[] = [];
  for (const [at, command] of life.commands.entries()) {
    const { stdout, stderr, status } = await machine.run(stepOf(prefix, names, at, command.replaceAll('@', prefix)));
    const end = status === 0 ? '' : `the step ended with ${String(status)}\n`;
    seen.push(normalise(stdout + stderr + end).replaceAll(prefix, ''));
  }
  return seen;
}

const properties = [
  'Id',
  'ActiveState',
  'SubState',
  'Result',
  'ExecMainCode',
  'ExecMainStatus',
  'NRestarts',
  'MainPID',
  'ControlPID',
  'ConditionResult',
];

/** Nothing has happened for longer than anything waits. A command that still waits then goes on beside the next. */
function stepOf(prefix: string, names: readonly string[], at: number, command: string): string {
  const units = names.join(' ');
  const told = `${prefix}told-${String(at)}`;
  return [
    'cd /run/lives',
    `{ systemctl ${command}; echo "status $?"; } >${told} 2>&1 </dev/null &`,
    `look() { systemctl show -p ${properties.join(' -p ')} ${units}; systemctl list-jobs --plain --no-legend '${prefix}*'; tail -n +1 ${prefix}*; }`,
    'now= tries=12',
    'while last=$now; sleep 0.6; now=$(look 2>&1); [ "$now" != "$last" ] && [ $tries -gt 0 ]; do tries=$((tries - 1)); done',
    '[ $tries -gt 0 ] || echo "it does not come to rest"',
    'echo "$last"',
  ].join('\n');
}
