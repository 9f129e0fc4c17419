import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { buildTools } from '../oracle/tools.ts';
import { cmdlineOf, childrenOf } from './processes.ts';
import { until } from './until.ts';

export interface BoxOptions {
  /** File name → text, in a unit folder of the box alone. Where default.target is missing it wants all services. */
  readonly units: Readonly<Record<string, string>>;
  /** The file that pidone's stdout is; /dev/null if left out. 'closed': it has none. */
  readonly stdout?: string | undefined;
  /** Bytes that state and journal have together; as much as they like if left out. */
  readonly room?: number | undefined;
  /** Words before pidone: prlimit, setpriv. */
  readonly through?: readonly string[] | undefined;
  readonly arguments?: readonly string[] | undefined;
  readonly environment?: readonly string[] | undefined;
  /** Whose the scratch directory and /run/pidone are. */
  readonly uid?: number | undefined;
}

/** What a command inside the box came to. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** pidone as PID 1 of namespaces of its own. */
export interface Box {
  /** Its pid, as the host sees it. */
  readonly init: number;
  /** Scratch directory, the same inside and outside; gone when the box is down. */
  readonly directory: string;
  /** Lets pidone start. */
  go(): void;
  /** A command, as `docker exec` would run it. One that takes 60 s ends with status 124. */
  run(...command: readonly string[]): Promise<Outcome>;
  /** systemctl, journalctl and their like. */
  call(program: string, ...words: readonly string[]): Promise<Outcome>;
  /** One command for a puppet (test/puppet/puppet.c); resolves when it is done. */
  tell(puppet: string, ...command: readonly string[]): Promise<void>;
  /** Resolves when the services' log (each puppet's `log`) has the line so many times. */
  logged(line: string, count?: number): Promise<void>;
  /** The services' log so far. */
  log(): readonly string[];
  /** What pidone has said on stderr so far. */
  stderr(): string;
  /** Resolves when pidone has said something that matches. */
  said(pattern: RegExp): Promise<void>;
  /** The manager's pid as the host sees it; undefined while there is none. */
  manager(): number | undefined;
  /** Pids of the keepers of a unit as the host sees them. */
  keepers(unit: string): readonly number[];
  /** The text of a file as the box sees it; '' if there is none. */
  read(file: string): string;
  signal(signal: NodeJS.Signals): void;
  /** Exit status of PID 1, once it has ended; undefined when it was killed. */
  readonly ended: Promise<number | undefined>;
  /** Ends everything in it and leaves nothing behind. */
  down(): Promise<void>;
}

const BIN = path.join(import.meta.dirname, '../../build/root/bin');
const SCRIPT = path.join(import.meta.dirname, 'box.sh');
const COMMAND_MS = 60_000;
/** The kernel forgets what a PID 1 gets that neither blocks nor catches it: a SIGTERM is to wait until pidone is there. */
const EARLY = ['env', '--block-signal=TERM'];

const HOLDER_OPTIONS = {
  stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
  detached: true,
  cleanup: false,
  reject: false,
  buffer: false,
} as const;

/** Makes a box whose pidone waits for go(). */
export async function makeBox(options: BoxOptions): Promise<Box> {
  const tools = await buildTools();
  const directory = await mkdtemp(path.join(tmpdir(), 'pidone-box-'));
  await chmod(directory, 0o755);
  await writeUnits(path.join(directory, 'units'), options.units);
  if (options.uid !== undefined) await chown(directory, options.uid, options.uid);
  const stderrFile = path.join(directory, 'stderr');
  const stderr = openSync(stderrFile, 'a+');
  const pidone = [...(options.through ?? []), ...environmentOf(directory, options), path.join(BIN, 'pidone')];
  const words = [directory, tools, String(options.room ?? 0), options.stdout ?? '/dev/null'];
  const spaces = ['--mount', '--pid', '--ipc', '--uts', '--net', '--fork', '--kill-child'];
  const command = [...spaces, ...EARLY, SCRIPT, ...words, ...pidone, ...(options.arguments ?? [])];
  const holder = execa('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...command], HOLDER_OPTIONS);
  let isDown = false;
  const ended = holder.then((result) => result.exitCode);
  const readStderr = (): string => readFileSync(`/proc/self/fd/${String(stderr)}`, 'utf8');
  const init = await Promise.race([
    once(holder.stdio[3], 'data').then(([line]) => Number(String(line))),
    ended.then(() => {
      throw new Error(`no box: ${readStderr()}`);
    }),
  ]);
  const logFile = path.join(directory, 'order.log');
  const environment = { PUPPET_DIR: path.join(directory, 'puppet'), PUPPET_LOG: logFile };
  const log = (): readonly string[] => linesOf(readText(logFile));
  const run = async (...words: readonly string[]): Promise<Outcome> => {
    const inside = ['-t', String(init), '-m', '-u', '-i', '-n', '-p', '--', ...words];
    const result = await execa('nsenter', inside, {
      stdin: 'ignore',
      reject: false,
      timeout: COMMAND_MS,
      killSignal: 'SIGKILL',
      extendEnv: false,
      env: { PATH: process.env['PATH'] ?? '', TERM: 'dumb', LANG: 'C.UTF-8', ...environment },
    });
    return { status: result.exitCode ?? 124, stdout: result.stdout, stderr: result.stderr };
  };
  return {
    init,
    directory,
    go: () => void holder.stdin.end('go\n'),
    run,
    call: (program, ...words) => run(path.join(BIN, program), ...words),
    async tell(puppet, ...command) {
      await execa(path.join(tools, 'tell'), [puppet, ...command], { env: environment });
    },
    logged: (line, count = 1) =>
      until(directory, `the line "${line}"`, () => log().filter((each) => each === line).length >= count),
    log,
    stderr: readStderr,
    said: (pattern) => until(directory, `${String(pattern)} on stderr`, () => pattern.test(readStderr())),
    manager: () => childrenOf(init).find((pid) => cmdlineOf(pid) === 'pidone (manager)'),
    keepers: (unit) => childrenOf(init).filter((pid) => cmdlineOf(pid) === `pidone (${unit})`),
    read: (file) => readText(`/proc/${init}/root${file}`),
    signal: (signal) => void process.kill(init, signal),
    ended,
    async down() {
      if (isDown) return;
      isDown = true;
      // The holder takes its child along, and PID 1 all of its namespace.
      holder.kill('SIGKILL');
      await ended;
      closeSync(stderr);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Makes a box and starts pidone; resolves when the boot is over. */
export async function bootBox(options: BoxOptions): Promise<Box> {
  const box = await makeBox({ ...options, arguments: ['--log-level=info', ...(options.arguments ?? [])] });
  try {
    box.go();
    await box.said(/ is up after /);
    return box;
  } catch (error) {
    const story = box.stderr();
    await box.down();
    throw new Error(`pidone did not come up; it said:\n${story}`, { cause: error });
  }
}

function environmentOf(directory: string, { environment }: BoxOptions): string[] {
  return [
    'env',
    '-i',
    'PATH=/run/t:/usr/sbin:/usr/bin:/sbin:/bin',
    `SYSTEMD_UNIT_PATH=${path.join(directory, 'units')}`,
    `PUPPET_DIR=${path.join(directory, 'puppet')}`,
    `PUPPET_LOG=${path.join(directory, 'order.log')}`,
    ...(environment ?? []),
  ];
}

async function writeUnits(folder: string, units: Readonly<Record<string, string>>): Promise<void> {
  mkdirSync(folder);
  const services = Object.keys(units).filter((name) => /^[^@]+\.service$/.test(name));
  const all = {
    'default.target': `[Unit]\nDefaultDependencies=no\nWants=${services.join(' ')}\nAfter=${services.join(' ')}\n`,
    ...units,
  };
  for (const [name, text] of Object.entries(all)) await writeFile(path.join(folder, name), text);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** The manager as it is now; never the process group that kill(2) takes 0 for. */
export function killManager(box: Box, signal: 'SIGKILL' | 'SIGSTOP' = 'SIGKILL'): void {
  const manager = box.manager();
  if (manager === undefined) throw new Error('there is no manager');
  process.kill(manager, signal);
}
