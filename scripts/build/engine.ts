import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

import { execa } from 'execa';

import { compile, compilerVersion, type Variant } from './compiler.ts';
import { cacheFolder } from './layout.ts';
import { engineSource } from './source.ts';
import { contentKey } from './step.ts';

/** The engine, compiled: where its headers and its archive lie. */
export interface Engine {
  readonly version: string;
  readonly source: string;
  readonly archive: string;
}

/** The language itself. quickjs-libc (files, processes, workers for scripts) is not among them: our host takes its place. */
const files = ['libregexp', 'libunicode', 'cutils', 'dtoa'] as const;
/** The engine's main file as it is, with our functions that must see its inside. */
const inside = 'native/engine/quickjs.c';

/**
 * Compiles the engine for a variant, once for a source, compiler and set of flags: the archive lies in the cache outside
 * of the checkout, as it takes half a minute to make.
 */
export async function buildEngine(variant: Variant): Promise<Engine> {
  const source = await engineSource();
  const version = readFileSync(join(source, 'VERSION'), 'utf8').trim();
  const flags = [
    ...variant.compile,
    // Of the -O that stands last the compiler takes notice: an eighth of the program's size for a few percent of the engine's speed.
    ...(variant.name === 'release' ? ['-Os'] : []),
    '-fwrapv',
    '-funsigned-char',
    '-w',
    '-D_GNU_SOURCE',
    `-DCONFIG_VERSION="${version}"`,
    ...(variant.name === 'asan' ? ['-fno-sanitize=alignment,shift,vptr'] : []),
  ];
  const key = contentKey(
    [join(source, '*.{c,h}'), 'native/engine/*.{c,h}'],
    [variant.compiler, await compilerVersion(variant), flags],
  );
  const folder = join(cacheFolder(), `engine-${variant.name}-${key.slice(0, 16)}`);
  const engine = { version, source, archive: join(folder, 'libquickjs.a') };
  if (existsSync(engine.archive)) return engine;

  console.log(`  compiling the engine (${variant.name}): half a minute, once`);
  mkdirSync(cacheFolder(), { recursive: true });
  const work = mkdtempSync(join(cacheFolder(), 'compile-'));
  try {
    const objects = await Promise.all(
      [inside, ...files.map((file) => join(source, `${file}.c`))].map(async (file) => {
        const object = join(work, `${basename(file, '.c')}.o`);
        await compile(variant, [...flags, '-isystem', source, '-c', file, '-o', object]);
        return object;
      }),
    );
    await execa('ar', ['rcs', join(work, 'libquickjs.a'), ...objects]);
    for (const object of objects) rmSync(object);
    rmSync(folder, { recursive: true, force: true });
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return engine;
}
