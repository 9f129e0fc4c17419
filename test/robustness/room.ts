// A booted pidone to attack: its units are given as text, its files are within reach, and its answers have a bound.
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ExecutionContext } from 'ava';
import type { Machine, Outcome } from '../oracle/machine.ts';
import { bootPidone } from '../oracle/pidone.ts';

export interface Room extends Machine {
  /** A path inside, as the host sees it. */
  at(file: string): string;
  write(file: string, content: string | Uint8Array): Promise<void>;
  read(file: string): Promise<Buffer>;
  /** Fails the test unless the command ends with 0; gives its standard output. */
  ok(t: ExecutionContext, command: string): Promise<string>;
}

/** A unit that nothing is done to: it goes on, and can be stopped and started as often as a test likes. */
export const bystander = '[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=/t/puppet bystander\n';

/** Boots pidone with these units (file name → text). What a test plants besides (links, devices) it makes in `plant`. */
export async function bootRoom(
  units: Readonly<Record<string, string | Uint8Array>>,
  plant: (directory: string) => Promise<void> = () => Promise.resolve(),
): Promise<Room> {
  const directory = await mkdtemp(path.join(tmpdir(), 'pidone-units-'));
  try {
    for (const [name, text] of Object.entries(units)) {
      await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
      await writeFile(path.join(directory, name), text);
    }
    await plant(directory);
    const machine = await bootPidone(directory);
    const at = (file: string) => path.join('/proc', String(machine.init), 'root', file);
    return {
      ...machine,
      at,
      write: (file, content) => writeFile(at(file), content),
      read: (file) => readFile(at(file)),
      async ok(t, command) {
        const outcome = await machine.run(command);
        t.is(
          outcome.status,
          0,
          `${command}: ${(outcome.stderr + outcome.stdout).slice(-2000)}\nits log:\n${machine.log().slice(-2000)}`,
        );
        return outcome.stdout;
      },
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * Whatever was done to it before: a command is answered, and the bystander can be stopped and started. The bound is for
 * whether, not for how fast: control owes a second, and a busy machine gets more.
 */
export async function standsFirm(t: ExecutionContext, room: Room): Promise<void> {
  const outcome = await answered(room, 'systemctl restart bystander && systemctl is-active bystander');
  t.deepEqual(outcome, { status: 0, stdout: 'active\n', stderr: '' });
}

/** The outcome of a command that must be answered: 124 when it was not within five seconds. */
export function answered(room: Room, command: string): Promise<Outcome> {
  return room.run(`timeout -s KILL 5 sh -c '${command.replaceAll("'", `'\\''`)}'`);
}

/** The last resort, where nothing announces a change (a descriptor that another process closes): looks until `look` gives `expected`. */
export async function comesTo<T>(t: ExecutionContext, look: () => T, expected: T, what: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!isDeepStrictEqual(look(), expected) && performance.now() < deadline) await setTimeout(10);
  t.deepEqual(look(), expected, what);
}

/** A process of pidone's own. */
export interface Part {
  readonly pid: number;
  /** Its pid in the machine. */
  readonly inside: number;
  /** How many descriptors it has open. */
  descriptors(): number;
}

export function initOf(room: Room): Part {
  return part(room.init);
}

export function managerOf(room: Room): Part {
  return partCalled(room, '(manager)');
}

export function keeperOf(room: Room, unit: string): Part {
  return partCalled(room, `(${unit})`);
}

/** Kills the manager with -9 and waits until another one answers. */
export async function withKilledManager(t: ExecutionContext, room: Room): Promise<void> {
  const { pid } = managerOf(room);
  process.kill(pid, 'SIGKILL');
  await room.ok(t, 'systemctl is-system-running || true');
  t.not(managerOf(room).pid, pid);
}

function partCalled(room: Room, title: string): Part {
  const pid = childrenOf(room.init).find((child) => titleOf(child).includes(title));
  if (pid === undefined) throw new Error(`there is no ${title}`);
  return part(pid);
}

function part(pid: number): Part {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  const inside = Number(/^NSpid:.*\t(\d+)$/m.exec(status)?.[1]);
  return { pid, inside, descriptors: () => readdirSync(`/proc/${String(pid)}/fd`).length };
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
}

/** Its command line; empty when it has gone meanwhile. */
function titleOf(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
