import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { build } from 'esbuild';

import { BuildFailure } from './failure.ts';
import type { Product } from './layout.ts';
import { runStep } from './step.ts';

/** Names of modules, sorted ("chunk-….js", "main.js"). */
export interface Bundle {
  readonly modules: readonly string[];
  /** Those of them that a boot reads … */
  readonly first: readonly string[];
  /** … and those that are to be packed. */
  readonly packed: readonly string[];
}

/**
 * Bundles a product's parts to ECMAScript 2023 modules in its folder (build/bundle), each with its source map.
 *
 * Nothing is minified: statements keep lines of their own (minifying syntax joins them), so that a backtrace can be mapped
 * to TypeScript; bytecode is as small. Types are not checked here.
 */
export async function bundle(product: Product): Promise<Bundle> {
  const { name, parts: wanted, first, quick, sources, bundleFolder } = product;
  // The list of modules that this step leaves for the steps behind it.
  const listFile = join(bundleFolder, 'modules.json');
  const parts = wanted.filter((part) => existsSync(part));
  await runStep({
    name: `${name}bundle`,
    inputs: [...sources, 'package-lock.json', 'tsconfig*.json'],
    settings: [parts, first, quick],
    outputs: [listFile],
    run: async () => {
      rmSync(bundleFolder, { recursive: true, force: true });
      mkdirSync(bundleFolder, { recursive: true });
      const modules = await bundleParts(parts, product);
      writeFileSync(listFile, JSON.stringify(modules));
    },
  });
  return JSON.parse(readFileSync(listFile, 'utf8')) as Bundle;
}

async function bundleParts(parts: readonly string[], { first, quick, base, bundleFolder }: Product): Promise<Bundle> {
  const result = await build({
    entryPoints: [...parts],
    outbase: base,
    outdir: bundleFolder,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2023',
    platform: 'neutral',
    mainFields: ['browser', 'module', 'main'],
    conditions: ['import'],
    charset: 'utf8',
    legalComments: 'none',
    sourcemap: 'external',
    chunkNames: 'chunk-[hash]',
    metafile: true,
    logLevel: 'silent',
  }).catch((error: unknown) => {
    throw new BuildFailure(`Cannot bundle src/: ${error instanceof Error ? error.message : String(error)}`);
  });
  const { outputs } = result.metafile;
  const reachedFrom = (entries: readonly string[]): ReadonlySet<string> => {
    const reached = new Set(
      Object.keys(outputs).filter((output) => entries.includes(outputs[output]?.entryPoint ?? '')),
    );
    for (const output of reached)
      for (const { path, kind } of outputs[output]?.imports ?? []) if (kind === 'import-statement') reached.add(path);
    return reached;
  };
  const modules = Object.keys(outputs).filter((output) => output.endsWith('.js'));
  const named = (list: readonly string[]): string[] =>
    list.map((output) => relative(bundleFolder, output)).sort(byBytes);
  const read = reachedFrom(first);
  const notPacked = reachedFrom(quick);
  return {
    modules: named(modules),
    first: named(modules.filter((output) => read.has(output))),
    packed: named(modules.filter((output) => !notPacked.has(output))),
  };
}

/** The order of strcmp(3), in which C looks names up. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
