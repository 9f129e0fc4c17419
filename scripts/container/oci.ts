import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { readFileSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';

import { execa } from 'execa';

import { buildFolder, projectRoot } from '../build/layout.ts';
import { withBuildLock } from '../build/lock.ts';
import { BASE_IMAGE, baseImageArchive } from './base-image.ts';
import { capabilitiesToGive } from './capabilities.ts';
import type { Container, Engine, EngineChoice, ExecOptions, Outcome, Recipe, RunOptions, Terminal } from './engine.ts';
import { createUndertaker, type Undertaker } from './undertaker.ts';

interface Patience {
  /** Milliseconds. */
  readonly timeout?: number;
}

interface Client {
  /** Runs docker or podman with these arguments. Never rejects. */
  (args: readonly string[], options?: Patience): Promise<Outcome>;
  /** The same as a program with its first arguments, and what it needs in its environment. */
  readonly words: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Docker or podman, when it can run a container: a client without its daemon, or a podman that lacks what it needs of the
 * kernel, is as good as none. Gets or makes the base image on the way.
 */
export async function findOciEngine(program: 'docker' | 'podman'): Promise<EngineChoice> {
  const client = program === 'podman' ? await podmanClient() : clientOf([program], {});
  const version = await client(['--version']);
  const words = /version ([\w.]+)/.exec(version.stdout);
  if (version.status !== 0 || words?.[1] === undefined) return { missing: `no ${program} on this machine` };
  let why: string | undefined;
  await withBuildLock(async () => {
    why = (await provideBaseImage(client)) ?? (await tryContainer(client));
  });
  if (why !== undefined) return { missing: `${program} cannot run a container: ${why}` };
  return { engine: ociEngine(program, `${program} ${words[1]}`, client) };
}

/** @returns why not, or undefined when the base image is there. */
async function provideBaseImage(client: Client): Promise<string | undefined> {
  if ((await client(['image', 'inspect', BASE_IMAGE])).status === 0) return undefined;
  if ((await client(['info'])).status !== 0) return 'it does not answer';
  if ((await client(['pull', '--quiet', BASE_IMAGE], { timeout: PULL_MS })).status === 0) return undefined;
  console.log(`No registry gives ${BASE_IMAGE}: making it from Debian's packages (once, about a minute).`);
  const archive = await baseImageArchive();
  const imported = await client(['import', archive, BASE_IMAGE]);
  return imported.status === 0 ? undefined : firstLine(imported.stderr);
}

async function tryContainer(client: Client): Promise<string | undefined> {
  const tried = await client(['run', '--rm', '--network=host', BASE_IMAGE, 'true']);
  return tried.status === 0 ? undefined : firstLine(tried.stderr);
}

function ociEngine(kind: 'docker' | 'podman', name: string, client: Client): Engine {
  return {
    name,
    kind,
    build: async (recipe) => {
      let id = '';
      await withBuildLock(async () => {
        id = await build(kind, client, recipe);
      });
      return id;
    },
    run: (options) => run(kind, client, options),
  };
}

async function build(kind: 'docker' | 'podman', client: Client, recipe: Recipe): Promise<string> {
  // Without CAP_SYS_RESOURCE and the like a full container for each RUN is not to be had; a chroot is enough to build.
  const isolation = kind === 'podman' && process.getuid?.() === 0 ? ['--isolation=chroot'] : [];
  const words = ['--network=host', ...isolation, '--file', recipe.dockerfile, '--target', recipe.stage];
  const label = `pidone.image=${recipe.tag}`;
  // By its id: another checkout may give the tag to an image of its own at any time.
  const idFile = path.join(buildFolder, 'container', `${recipe.tag}.id`);
  const marks = ['--label', label, '--iidfile', idFile, '--tag', recipe.tag];
  await mkdir(path.dirname(idFile), { recursive: true });
  const built = await client(['build', ...words, ...marks, recipe.context], { timeout: BUILD_MS });
  if (built.status !== 0)
    throw new Error(`cannot build the image ${recipe.tag}:\n${lastLines(built.stdout + built.stderr)}`);
  // What had the tag before; not what some other checkout may just have made.
  for (const one of [label, 'org.opencontainers.image.title=pidone'])
    await client(['image', 'prune', '--force', '--filter', `label=${one}`, '--filter', 'until=1h']);
  const id = readFileSync(idFile, 'utf8').trim();
  if (recipe.temporary === true) undertakerOf(client, ['rmi', '--force', id]);
  return id;
}

async function run(kind: 'docker' | 'podman', client: Client, options: RunOptions): Promise<Container> {
  const network = options.loopback === true ? 'none' : 'host';
  const words = ['run', '--detach', `--network=${network}`, '--name', options.name];
  for (const [name, value] of Object.entries(options.environment ?? {})) words.push('--env', `${name}=${value}`);
  for (const [from, to] of Object.entries(options.mounts ?? {})) words.push('--volume', `${from}:${to}:ro`);
  for (const folder of options.tmpfs ?? []) words.push('--tmpfs', folder);
  if (options.terminal === true) words.push('--tty', '--interactive');
  if (options.user !== undefined) words.push('--user', options.user);
  if (options.readOnly === true) words.push('--read-only');
  // Where podman would add some of its own.
  if (options.readOnly === true && kind === 'podman') words.push('--read-only-tmpfs=false');
  if (options.dropAllCapabilities === true) words.push('--cap-drop=all');
  for (const capability of options.addCapabilities ?? []) words.push(`--cap-add=${capability}`);
  if (options.refused !== undefined) words.push('--security-opt', `seccomp=${await filterFile(options.refused)}`);
  const undertaker = undertakerOf(client, ['rm', '--force', '--time', '0', '--volumes', options.name]);
  const container = handle(client, options.name, undertaker);
  const started = await client([...words, options.image, ...(options.arguments ?? [])]);
  if (started.status === 0) return container;
  await container.remove();
  throw new Error(`cannot start the container ${options.name}: ${started.stderr}`);
}

/** The same for the same calls: several may be using it. */
async function filterFile(names: readonly string[]): Promise<string> {
  const file = path.join(projectRoot, buildFolder, 'container', `without-${names.join('-')}.json`);
  // Tests of one process run side by side.
  const own = randomUUID();
  const refusing = { names, action: 'SCMP_ACT_ERRNO', errnoRet: 1 };
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.${own}`, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [refusing] }));
  await rename(`${file}.${own}`, file);
  return file;
}

function undertakerOf(client: Client, args: readonly string[]): Undertaker {
  const [program, ...first] = client.words;
  return createUndertaker(program, [...first, ...args], client.environment);
}

function handle(client: Client, name: string, undertaker: Undertaker): Container {
  const ended = async (): Promise<number> => Number((await client(['wait', name])).stdout);
  return {
    name,
    exec: (command, options: ExecOptions = {}) => {
      const words = [...(options.user === undefined ? [] : ['--user', options.user]), ...(options.tty ? ['-t'] : [])];
      return client(['exec', ...words, name, ...command], options);
    },
    logs: async () => {
      const { stdout, stderr } = await client(['logs', name]);
      return stdout + stderr;
    },
    attach: () => attach(client, name),
    signal: async (signal) => {
      await client(['kill', '--signal', signal, name]);
    },
    stop: async () => {
      const start = performance.now();
      await client(['stop', '--time', '10', name]);
      const seconds = (performance.now() - start) / 1000;
      return { status: await ended(), seconds };
    },
    ended,
    remove: () => undertaker.remove(),
  };
}

/** script(1) gives the client a terminal, which it does not leave alone without one. */
function attach({ words, environment }: Client, name: string): Terminal {
  const command = [...words, 'attach', '--sig-proxy=false', name]
    .map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
    .join(' ');
  const client = execa('script', ['-qec', command, '/dev/null'], { env: environment, reject: false, all: true });
  let shown = '';
  client.all.on('data', (data: Buffer) => (shown += data.toString()));
  return {
    press: (keys) => client.stdin.write(keys),
    shown: () => shown,
    leave: async () => {
      client.kill();
      await client;
    },
  };
}

const COMMAND_MS = 60_000;
const PULL_MS = 120_000;
const BUILD_MS = 900_000;

function clientOf(words: Client['words'], environment: Client['environment']): Client {
  const client = (args: readonly string[], options?: Patience): Promise<Outcome> =>
    call(words[0], [...words.slice(1), ...args], environment, options);
  return Object.assign(client, { words, environment });
}

/**
 * Podman with a configuration of its own, which leaves the machine's untouched and asks for little: no control groups, the
 * limits that we have ourselves (raising them takes CAP_SYS_RESOURCE), docker's capabilities as far as we have them. On a machine whose cgroup tree is not a pure v2, which
 * crun refuses, it runs in a mount namespace that has such a tree.
 */
async function podmanClient(): Promise<Client> {
  if (process.getuid?.() !== 0) return clientOf(['podman'], {});
  const file = path.join(projectRoot, buildFolder, 'container', 'containers.conf');
  await mkdir(path.dirname(file), { recursive: true });
  // In one step: others of this checkout may be reading it.
  await writeFile(`${file}.${String(process.pid)}`, containersConf());
  await rename(`${file}.${String(process.pid)}`, file);
  const environment = { CONTAINERS_CONF: file };
  if (isPureCgroup2()) return clientOf(['podman'], environment);
  const words = ['--mount', '--propagation', 'private', 'sh', '-c', IN_PURE_CGROUP2, 'podman'];
  return clientOf(['unshare', ...words], environment);
}

function containersConf(): string {
  const capabilities = capabilitiesToGive(readFileSync('/proc/self/status', 'utf8'));
  return `# Written by scripts/container/oci.ts.
[containers]
default_capabilities = [${capabilities.map((name) => `"CAP_${name.toUpperCase()}"`).join(', ')}]
cgroups = "disabled"
default_ulimits = []
netns = "host"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "crun"
`;
}

const IN_PURE_CGROUP2 = 'umount -R /sys/fs/cgroup 2>/dev/null; mount -t cgroup2 none /sys/fs/cgroup; exec podman "$@"';

/** CGROUP2_SUPER_MAGIC in linux/magic.h. */
const CGROUP2_MAGIC = 0x63677270;

function isPureCgroup2(): boolean {
  try {
    return statfsSync('/sys/fs/cgroup').type === CGROUP2_MAGIC;
  } catch {
    return false;
  }
}

async function call(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  options: Patience = {},
): Promise<Outcome> {
  const ran = await execa(program, args, {
    reject: false,
    stdin: 'ignore',
    env: environment,
    timeout: options.timeout ?? COMMAND_MS,
    stripFinalNewline: false,
  });
  const { stdout, stderr } = ran;
  // No exit status: it could not be started, or took too long.
  if (ran.exitCode === undefined) return { status: ran.timedOut ? 124 : 127, stdout, stderr: ran.shortMessage ?? '' };
  return { status: ran.exitCode, stdout, stderr };
}

/** Of the megabyte that a build says, what it ended with. */
function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-15).join('\n');
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
