/** What the container tests share: images, containers that are removed whatever happens, folders of units. */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { ExecutionContext } from 'ava';

import { withBuildLock } from '../../scripts/build/lock.ts';
import {
  findEngine,
  type Container,
  type Engine,
  type Outcome,
  type Recipe,
  type RunOptions,
} from '../../scripts/container/engine.ts';
import { createUndertaker } from '../../scripts/container/undertaker.ts';
import { buildTools } from '../oracle/tools.ts';

/** Where containers see a folder of units, below the places for the image's own and the administrator's. */
export const UNITS = '/usr/local/lib/systemd/system';

/** Milliseconds that a whole image may take: a mirror may be slow. */
const BUILD_MS = 900_000;

export interface Box {
  readonly engine: Engine;
  readonly image: string;
}

const demo = { tag: 'pidone-demo', dockerfile: 'Dockerfile', stage: 'demo', context: '.' };

/** For `test.before`: an image by docker or podman. Namespaces of our own would be no proof. */
export async function buildBox(t: ExecutionContext, recipe: Recipe = demo): Promise<Box> {
  t.timeout(BUILD_MS);
  const reasons: string[] = [];
  for (const name of ['docker', 'podman']) {
    const choice = await findEngine(name);
    if ('missing' in choice) {
      reasons.push(choice.missing);
      continue;
    }
    return { engine: choice.engine, image: await choice.engine.build(recipe) };
  }
  throw new Error(`no container can be run here: ${reasons.join('; ')}`);
}

/** A container of its own for the test, which is gone after it. */
export async function runBox(
  t: ExecutionContext,
  box: Box,
  options: Omit<RunOptions, 'image' | 'name'>,
): Promise<Container> {
  const name = `pidone-test-${randomUUID()}`;
  const container = await box.engine.run({ image: box.image, name, ...options });
  t.teardown(() => container.remove());
  return container;
}

/** What stands in a file, what a link points to, or an empty folder. */
export type Entry = string | { readonly link: string } | { readonly folder: true };

/** A folder of these units, those in `wanted` wanted by multi-user.target. For RunOptions.mounts. */
export async function unitFolder(
  t: ExecutionContext,
  units: Readonly<Record<string, Entry>>,
): Promise<Readonly<Record<string, string>>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pidone-units-'));
  const undertaker = createUndertaker('rm', ['-rf', folder]);
  t.teardown(undertaker.remove);
  const wants = path.join(folder, 'multi-user.target.wants');
  await chmod(folder, 0o755);
  await mkdir(wants);
  for (const [name, entry] of Object.entries(units)) {
    const file = path.join(folder, name);
    if (typeof entry === 'string') await writeFile(file, entry);
    else if ('link' in entry) await symlink(entry.link, file);
    else await mkdir(file);
    await symlink(`../${name}`, path.join(wants, name));
  }
  return { [folder]: UNITS };
}

/** The folder with the puppet of test/puppet, for RunOptions.mounts. */
export async function puppetFolder(): Promise<Readonly<Record<string, string>>> {
  let folder = '';
  await withBuildLock(async () => {
    folder = await buildTools();
  });
  return { [folder]: '/t' };
}

/** A command inside that must end well; what it printed. */
export async function inside(t: ExecutionContext, container: Container, ...command: string[]): Promise<string> {
  const { status, stdout, stderr } = await container.exec(command);
  t.is(status, 0, `${command.join(' ')}: ${stdout}${stderr}`);
  return stdout.trimEnd();
}

/** Until everything that starts at boot has started, or failed. */
export async function booted(container: Container): Promise<Outcome> {
  return container.exec(['systemctl', 'is-system-running', '--wait']);
}

export async function show(t: ExecutionContext, container: Container, unit: string, property: string): Promise<string> {
  return inside(t, container, 'systemctl', 'show', '--value', '-p', property, unit);
}

/** Looks again and again: for what no event tells. Gives up after half a minute. */
export async function eventually(what: string, look: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`still not so: ${what}`);
  }
}
