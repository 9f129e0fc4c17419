import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, watch } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { buildTools } from './tools.ts';

export type Kind = 'systemd' | 'pidone';

/** What one command inside a machine came to. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running init in namespaces of its own. */
export interface Machine {
  readonly kind: Kind;
  /** Its PID 1, as the host sees it. */
  readonly init: number;
  /** Its scratch directory on the host, which is gone when it is down; its control group has the same name. */
  readonly directory: string;
  /** Runs a shell command inside, as `docker exec` would. Never rejects: a command that takes 30 s ends with status 124. */
  run(command: string): Promise<Outcome>;
  /** What PID 1 has written to its stdout and stderr so far. */
  log(): string;
  /** Ends everything inside and removes every trace: processes, mounts, control groups, files. */
  down(): Promise<void>;
}

/** What the two inits differ in. */
export interface Flavour {
  readonly kind: Kind;
  /** The socket below /run/KIND whose appearance says that systemctl has somebody to talk to. */
  readonly socket: string;
  /** Binaries to put at /opt/pidone/bin. */
  readonly bin?: string;
  /** NAME=VALUE: what the container's environment has besides. */
  readonly environment?: readonly string[];
  /** How a command gets in: words between nsenter's options and the command. */
  readonly enter: readonly string[];
  readonly path: string;
}

const PATIENCE_MS = 10_000;
const COMMAND_MS = 30_000;
const SCRIPT = path.join(import.meta.dirname, 'machine.sh');

/**
 * Boots an init with the units of a folder (at /u, lowest priority of its unit path) and the puppet's tools (at /t).
 * Resolves when default.target has been reached; rejects, with the init's log, when that takes more than ten seconds.
 */
export async function boot(flavour: Flavour, units: string): Promise<Machine> {
  const directory = await prepare(flavour, units);
  // Read through a descriptor of our own, for the holder removes the directory when it ends.
  const log = openSync(path.join(directory, 'log'), 'a+');
  // The holder outlives neither us (pdeathsig) nor a Ctrl-C that was meant for us (detached): it always cleans up.
  const alone = ['--pdeathsig', 'TERM', 'unshare', '--mount', '--propagation', 'private'];
  const holder = execa(
    'setpriv',
    [...alone, SCRIPT, 'hold', flavour.kind, directory, ...(flavour.environment ?? [])],
    HOLDER_OPTIONS,
  );
  const readLog = () => readFileSync(`/proc/self/fd/${String(log)}`, 'utf8');
  const down = async () => {
    holder.kill('SIGTERM');
    await holder;
    closeSync(log);
  };
  try {
    const init = await untilReady(holder, flavour);
    const run = (command: string) => enter(init, flavour, command);
    // Not a start of it: that would try once more what the boot left out or what failed.
    await run('reach oracle.target ActiveState=active');
    return { kind: flavour.kind, init, directory, run, log: readLog, down };
  } catch (error) {
    const story = readLog();
    await down();
    throw new Error(`${flavour.kind} did not come up; its log:\n${story}`, { cause: error });
  }
}

/** Makes the directory that machine.sh asks for. */
async function prepare(flavour: Flavour, units: string): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), `pidone-${flavour.kind}-`));
  try {
    await chmod(directory, 0o755);
    await prepareUnits(units, path.join(directory, 'units'));
    await cp(await buildTools(), path.join(directory, 'tools'), COPY);
    if (flavour.bin !== undefined) await cp(flavour.bin, path.join(directory, 'bin'), COPY);
    return directory;
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

const COPY = { recursive: true, verbatimSymlinks: true };

/**
 * Adds the least that an init needs to boot: targets without default dependencies, so that a scenario sees its own
 * units only. default.target is an alias of oracle.target, which a scenario may bring itself. The one made here is
 * ordered After= all services of the scenario: what an active unit names is not forgotten when it ends, so that its
 * result can be asked for (CollectMode= in systemd.unit(5)).
 */
async function prepareUnits(from: string, to: string): Promise<void> {
  if (existsSync(from)) await cp(from, to, COPY);
  else await mkdir(to);
  const services = (await readdir(to)).filter((name) => /^[^@]+\.service$/.test(name));
  const stubs = {
    'sysinit.target': '',
    'basic.target': '',
    'multi-user.target': '',
    'shutdown.target': '',
    'oracle.target': ['AllowIsolate=yes', 'Wants=basic.target', `After=basic.target ${services.join(' ')}`].join('\n'),
  };
  for (const [name, lines] of Object.entries(stubs)) {
    if (existsSync(path.join(to, name))) continue;
    const unit = ['[Unit]', `Description=${name.replace('.target', '')}`, 'DefaultDependencies=no', lines, ''];
    await writeFile(path.join(to, name), unit.join('\n'));
  }
  await symlink('oracle.target', path.join(to, 'default.target'));
}

const HOLDER_OPTIONS = {
  stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
  detached: true,
  cleanup: false,
  reject: false,
} as const;

type Holder = ResultPromise<typeof HOLDER_OPTIONS>;

/** The init starts only after the watch on its run directory stands: its socket cannot appear unseen. */
async function untilReady(holder: Holder, flavour: Flavour): Promise<number> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const gone = holder.then(() => {
    throw new Error('it ended');
  });
  gone.catch(() => undefined);
  const [line] = (await Promise.race([once(holder.stdio[3], 'data', { signal: patience }), gone])) as [Buffer];
  const init = Number(line.toString());
  const watcher = watch(`/proc/${String(init)}/root/run/${flavour.kind}`);
  try {
    const appeared = new Promise<void>((resolve) => {
      watcher.on('change', (_event, file) => {
        if (file === flavour.socket) resolve();
      });
    });
    holder.stdin.end('go\n');
    await Promise.race([appeared, gone, once(patience, 'abort').then(() => Promise.reject(new Error('it is late')))]);
    return init;
  } finally {
    watcher.close();
  }
}

async function enter(init: number, flavour: Flavour, command: string): Promise<Outcome> {
  const spaces = [
    '-t',
    String(init),
    '-m',
    '-u',
    '-i',
    '-n',
    '-p',
    '-r',
    '-w',
    ...(flavour.kind === 'systemd' ? ['-C'] : []),
  ];
  const environment = [
    'env',
    '-i',
    `PATH=${flavour.path}`,
    'TERM=dumb',
    'LANG=C.UTF-8',
    'container=oracle',
    'HOSTVAR=from-container',
  ];
  const result = await execa('nsenter', [...spaces, '--', ...flavour.enter, ...environment, '/bin/sh', '-c', command], {
    stdin: 'ignore',
    reject: false,
    timeout: COMMAND_MS,
    killSignal: 'SIGKILL',
    stripFinalNewline: false,
    extendEnv: true,
  });
  return { status: result.exitCode ?? 124, stdout: result.stdout, stderr: result.stderr };
}
