import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { build } from 'esbuild';

import { BuildFailure } from './failure.ts';
import type { Product } from './layout.ts';
import { runStep } from './step.ts';

/**
 * Bundles a product's parts to ECMAScript 2023 modules in its folder (build/bundle), each with its source map.
 *
 * Nothing is minified: statements keep lines of their own (minifying syntax joins them), so that a backtrace can be mapped
 * to TypeScript; bytecode is as small. Types are not checked here.
 *
 * @returns the modules' names, sorted ("chunk-….js", "main.js").
 */
export async function bundle({
  name,
  parts: wanted,
  base,
  sources,
  bundleFolder,
}: Product): Promise<readonly string[]> {
  // The list of modules that this step leaves for the steps behind it.
  const listFile = join(bundleFolder, 'modules.json');
  const parts = wanted.filter((part) => existsSync(part));
  await runStep({
    name: `${name}bundle`,
    inputs: [...sources, 'package-lock.json', 'tsconfig*.json'],
    settings: parts,
    outputs: [listFile],
    run: async () => {
      rmSync(bundleFolder, { recursive: true, force: true });
      mkdirSync(bundleFolder, { recursive: true });
      const modules = await bundleParts(parts, base, bundleFolder);
      writeFileSync(listFile, JSON.stringify(modules));
    },
  });
  return JSON.parse(readFileSync(listFile, 'utf8')) as string[];
}

async function bundleParts(parts: readonly string[], base: string, bundleFolder: string): Promise<string[]> {
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
  return Object.keys(result.metafile.outputs)
    .filter((output) => output.endsWith('.js'))
    .map((output) => relative(bundleFolder, output))
    .sort(byBytes);
}

/** The order of strcmp(3), in which C looks names up. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
