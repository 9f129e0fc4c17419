import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';

import { execa } from 'execa';

import { buildFolder } from '../build/layout.ts';
import { BASE_IMAGE, baseImageArchive } from './base-image.ts';
import { parseDockerfile, type Instruction, type Stage } from './dockerfile.ts';
import type { Recipe } from './engine.ts';

/** What a container starts from: a folder with its root, and how it begins. */
export interface Image {
  readonly root: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

const SCRIPT = path.join(import.meta.dirname, 'namespaces.sh');
const SHELL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Builds a stage of a Dockerfile into a folder of this checkout's own. After each RUN the root is kept, so that what has not changed
 * is not made again; whatever else the folder holds of the same image is removed.
 */
export async function buildImage(recipe: Recipe): Promise<Image> {
  const stages = parseDockerfile(readFileSync(recipe.dockerfile, 'utf8'));
  const folder = path.resolve(buildFolder, 'container', 'images', recipe.tag);
  await mkdir(folder, { recursive: true });
  const root = await buildStage({ stages, folder, context: recipe.context }, recipe.stage);
  const instructions = lineage(stages, recipe.stage).flatMap((stage) => stage.instructions);
  const last = (kind: 'entrypoint' | 'cmd'): readonly string[] =>
    instructions.flatMap((one) => (one.kind === kind ? [one.words] : [])).at(-1) ?? [];
  const variables = instructions.flatMap((one) => (one.kind === 'env' ? [one.variables] : []));
  const environment = Object.assign({ PATH: SHELL_PATH }, ...variables) as Record<string, string>;
  return { root, environment, entrypoint: last('entrypoint'), command: last('cmd') };
}

interface Work {
  readonly stages: readonly Stage[];
  readonly folder: string;
  readonly context: string;
}

/** @returns the folder with the stage's root. */
async function buildStage(work: Work, name: string): Promise<string> {
  const stage = work.stages.find((one) => one.name === name);
  if (stage === undefined) throw new Error(`Dockerfile: no stage ${name}`);
  const steps = await Promise.all(stage.instructions.map((instruction) => prepare(work, instruction)));
  let key = await startKey(work, stage.from);
  const keys = steps.map((step) => (key = hash(key, step.key)));

  const target = path.join(work.folder, `${name}-${key}`);
  const done = keys.findLastIndex((one) => existsSync(path.join(work.folder, `${name}-${one}`)));
  if (!existsSync(target)) {
    const growing = path.join(work.folder, 'unfinished');
    await rm(growing, { recursive: true, force: true });
    if (done >= 0) await copyRoot(path.join(work.folder, `${name}-${keys[done] ?? ''}`), growing);
    else await startRoot(work, stage.from, growing);
    for (const [index, step] of steps.entries()) {
      if (index <= done) continue;
      await step.perform(growing);
      const mark = path.join(work.folder, `${name}-${keys[index] ?? ''}`);
      if (step.dear && mark !== target) await copyRoot(growing, mark);
    }
    await rename(growing, target);
  }
  await removeOthers(work.folder, name, keys);
  return target;
}

/** What earlier builds of the stage have left. */
async function removeOthers(folder: string, name: string, keys: readonly string[]): Promise<void> {
  const used = new Set(keys.map((key) => `${name}-${key}`));
  for (const entry of readdirSync(folder))
    if (entry.startsWith(`${name}-`) && !used.has(entry)) await rm(path.join(folder, entry), { recursive: true });
}

interface Step {
  readonly key: string;
  /** Whether its result is worth keeping. */
  readonly dear: boolean;
  readonly perform: (root: string) => Promise<unknown>;
}

async function prepare(work: Work, instruction: Instruction): Promise<Step> {
  const key = JSON.stringify(instruction);
  switch (instruction.kind) {
    case 'run': {
      const run = (root: string): Promise<unknown> => runIn(root, instruction.command);
      return { key, dear: instruction.command.includes('apt-get'), perform: run };
    }
    case 'copy': {
      const base = instruction.from === undefined ? work.context : await buildStage(work, instruction.from);
      const sources = instruction.sources.map((source) => path.join(base, source));
      const perform = (root: string): Promise<void> => copyInto(root, sources, instruction.to);
      return { key: key + sources.map(treeKey).join(), dear: false, perform };
    }
    default:
      return { key: '', dear: false, perform: () => Promise.resolve() };
  }
}

/** COPY: folders give their contents, files keep their names below a target that ends in a slash. */
async function copyInto(root: string, sources: readonly string[], to: string): Promise<void> {
  for (const source of sources) {
    const folder = statSync(source).isDirectory();
    const target = path.join(root, !folder && to.endsWith('/') ? path.join(to, path.basename(source)) : to);
    await mkdir(folder ? target : path.dirname(target), { recursive: true });
    await cp(source, target, { recursive: true, verbatimSymlinks: true, force: true });
  }
}

async function runIn(root: string, command: string): Promise<void> {
  const proxies = Object.entries(process.env).filter(([name]) => /^(https?|ftp|no)_proxy$/i.test(name));
  const env = { PATH: SHELL_PATH, HOME: '/root', DEBIAN_FRONTEND: 'noninteractive', ...Object.fromEntries(proxies) };
  const ran = await execa(SCRIPT, ['build', root, command], {
    env,
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
  });
  if (ran.failed) throw new Error(`cannot build the image: RUN ${command}:\n${ran.all}`);
}

async function startKey(work: Work, from: string): Promise<string> {
  if (from === 'scratch' || from === BASE_IMAGE) return from;
  return path.basename(await buildStage(work, from));
}

async function startRoot(work: Work, from: string, root: string): Promise<void> {
  if (from === 'scratch') await mkdir(root);
  else if (from === BASE_IMAGE) {
    await mkdir(root);
    await execa('tar', ['-xpf', await baseImageArchive(), '-C', root]);
  } else await copyRoot(await buildStage(work, from), root);
}

/** By way of another name: a copy that was interrupted must not look like a whole one. */
async function copyRoot(from: string, to: string): Promise<void> {
  const part = `${to}.part`;
  await rm(part, { recursive: true, force: true });
  await execa('cp', ['-a', '--reflink=auto', from, part]);
  await rename(part, to);
}

function lineage(stages: readonly Stage[], name: string): Stage[] {
  const stage = stages.find((one) => one.name === name);
  return stage === undefined ? [] : [...lineage(stages, stage.from), stage];
}

function treeKey(source: string): string {
  if (!statSync(source).isDirectory()) return hash(readFileSync(source), String(statSync(source).mode));
  const entries = readdirSync(source, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return hash(...entries.map((entry) => entry.name + treeKey(path.join(source, entry.name))));
}

function hash(...parts: readonly (string | Buffer)[]): string {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part).update('\0');
  return sum.digest('hex').slice(0, 16);
}
