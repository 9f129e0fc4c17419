import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { execa } from 'execa';

import { withBuildLock } from '../build/lock.ts';
import { capabilitiesToGive } from './capabilities.ts';
import type { Container, Engine, ExecOptions, Outcome, RunOptions } from './engine.ts';
import { buildImage, type Image } from './namespaces-image.ts';
import { createUndertaker, type Undertaker } from './undertaker.ts';

const SCRIPT = path.join(import.meta.dirname, 'namespaces.sh');
const COMMAND_MS = 60_000;

/** Why there can be no containers of our own making here; undefined when there can. */
export function namespacesMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'namespaces need root';
  const capabilities = BigInt(`0x${/^CapEff:\s*(\w+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`);
  if ((capabilities & (1n << CAP_SYS_ADMIN)) === 0n) return 'namespaces need CAP_SYS_ADMIN';
  return existsSync('/etc/debian_version') ? undefined : 'namespaces need a Debian machine, to make a root from';
}

const CAP_SYS_ADMIN = 21n;

/** Containers out of Linux namespaces: for machines where no container engine works. Images need Debian's util-linux. */
export function namespacesEngine(): Engine {
  const images = new Map<string, Image>();
  return {
    name: 'Linux namespaces',
    kind: 'namespaces',
    build: async (recipe) => {
      await withBuildLock(async () => {
        images.set(recipe.tag, await buildImage(recipe));
      });
      return recipe.tag;
    },
    run: (options) => {
      const image = images.get(options.image);
      if (image === undefined) throw new Error(`internal error: no image ${options.image}`);
      return run(image, options);
    },
  };
}

async function run(image: Image, options: RunOptions): Promise<Container> {
  const directory = await mkdtemp(path.join(tmpdir(), `${options.name}-`));
  const environment = { ...image.environment, ...options.environment };
  const enter = (user: string | undefined): string[] => identity(user, options, environment);
  const words = [...enter(options.user), ...image.entrypoint, ...(options.arguments ?? image.command)];
  const files = {
    lower: image.root,
    argv: words.map((word) => `${word}\0`).join(''),
    mounts: lines(Object.entries(options.mounts ?? {}).map((pair) => pair.join('\t'))),
    tmpfs: lines(options.tmpfs ?? []),
    name: options.name,
    log: '',
    ...(options.readOnly === true ? { 'read-only': '' } : {}),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(directory, name), text);
  const undertaker = createUndertaker('rm', ['-rf', '--one-file-system', directory]);
  const holder = execa('setpriv', ['--pdeathsig', 'KILL', SCRIPT, 'hold', directory], HOLDER_OPTIONS);
  const gone = holder.then((result) => result.exitCode ?? 137);
  const [line] = await Promise.race([once(holder.stdio[3], 'data') as Promise<[Buffer]>, gone.then(() => [undefined])]);
  if (line === undefined) {
    const { stderr } = await holder;
    await undertaker.remove();
    throw new Error(`cannot start the container ${options.name}: ${stderr}`);
  }
  return handle({ options, directory, undertaker, gone, enter, init: Number(line.toString()) });
}

const HOLDER_OPTIONS = {
  stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  // A Ctrl-C that is meant for us does not end the container: we do.
  detached: true,
  reject: false,
} as const;

interface Running {
  readonly options: RunOptions;
  readonly directory: string;
  readonly undertaker: Undertaker;
  /** The container's exit status. */
  readonly gone: Promise<number>;
  readonly enter: (user: string | undefined) => string[];
  /** PID 1, as the host sees it. */
  readonly init: number;
}

function handle({ options, directory, undertaker, gone, enter, init }: Running): Container {
  const log = path.join(directory, 'log');
  let running = true;
  void gone.then(() => (running = false));
  const kill = (signal: NodeJS.Signals): void => {
    // Its parent reaps it and ends in one go, and that end reaches us as `gone`.
    if (running && existsSync(`/proc/${String(init)}`)) process.kill(init, signal);
  };
  return {
    name: options.name,
    exec: (command, wish = {}) => exec(init, enter(wish.user ?? options.user), command, wish),
    logs: () => readFile(log, 'utf8'),
    attach: () => {
      throw new Error('a container of namespaces has no terminal');
    },
    signal: (name) => {
      kill(`SIG${name}` as NodeJS.Signals);
      return Promise.resolve();
    },
    stop: async () => {
      const start = performance.now();
      kill('SIGTERM');
      const patience = setTimeout(() => kill('SIGKILL'), 10_000);
      const status = await gone;
      clearTimeout(patience);
      return { status, seconds: (performance.now() - start) / 1000 };
    },
    ended: () => gone,
    remove: async () => {
      kill('SIGKILL');
      await gone;
      await undertaker.remove();
    },
  };
}

/** The words before a command that make it run as docker would: capabilities, user, environment. */
function identity(
  user: string | undefined,
  options: RunOptions,
  environment: Readonly<Record<string, string>>,
): string[] {
  const kept =
    options.dropAllCapabilities === true ? [] : capabilitiesToGive(readFileSync('/proc/self/status', 'utf8'));
  const bounding = ['-all', ...kept.map((name) => `+${name}`)].join();
  const [uid = '0', gid = uid] = (user ?? '0').split(':');
  const root = uid === '0';
  // A user other than root that is named by number has no home.
  const home = root ? '/root' : '/';
  return [
    ...['setpriv', '--inh-caps=-all', '--ambient-caps=-all', `--bounding-set=${bounding}`],
    ...(root ? ['--reuid=0'] : [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']),
    ...[
      'env',
      '-i',
      `HOME=${home}`,
      `HOSTNAME=${options.name}`,
      ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    ],
  ];
}

async function exec(
  init: number,
  enter: readonly string[],
  command: readonly string[],
  wish: ExecOptions,
): Promise<Outcome> {
  const words = ['-t', String(init), '-m', '-u', '-i', '-p', '-r', '-w', '--', ...enter];
  // script(1) is what gives a terminal without one.
  const inside =
    wish.tty === true ? ['TERM=xterm', 'script', '-qec', command.map(quote).join(' '), '/dev/null'] : command;
  const running = execa('nsenter', [...words, ...inside], {
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    stdin: 'ignore',
    reject: false,
    stripFinalNewline: false,
  });
  const patience = AbortSignal.timeout(COMMAND_MS);
  const giveUp = (): void => {
    killChildren(running.pid);
  };
  patience.addEventListener('abort', giveUp);
  const result = await running;
  patience.removeEventListener('abort', giveUp);
  return { status: result.exitCode ?? (patience.aborted ? 124 : 137), stdout: result.stdout, stderr: result.stderr };
}

/** What nsenter waits for. To kill nsenter itself would leave its child, of which our end of its pipes would wait for ever. */
function killChildren(pid: number | undefined): void {
  const list = `/proc/${String(pid)}/task/${String(pid)}/children`;
  if (!existsSync(list)) return;
  for (const child of readFileSync(list, 'utf8').trim().split(' '))
    if (child !== '') process.kill(Number(child), 'SIGKILL');
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function lines(items: readonly string[]): string {
  return items.map((item) => `${item}\n`).join('');
}
