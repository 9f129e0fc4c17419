import { globSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { execa } from 'execa';

import { compile, ownFlags, type Variant } from './compiler.ts';
import type { Engine } from './engine.ts';
import { BuildFailure } from './failure.ts';
import { buildFolder, type Product, programSizeLimit, shipped } from './layout.ts';
import { runStep } from './step.ts';

const headers = 'native/*.h';
/** By its name below a product's folder. */
const bytecodeTable = 'bytecode.c';

/** Compiles native/*.c and the product's generated tables and links its program. */
export async function buildProgram(
  variant: Variant,
  engine: Engine,
  output: string,
  product: Product = shipped,
): Promise<void> {
  await link(variant, engine, await objectsOf(variant, engine, programSources(product)), output);
  const { size } = statSync(output);
  if (product === shipped && variant.name === 'release' && size > programSizeLimit)
    throw new BuildFailure(
      `${output} has ${String(size)} bytes, more than the ${String(programSizeLimit)} it may have.`,
    );
}

/**
 * Makes a program of each native/test/*.c, with what it needs of native/: a test may put a double of its own in the place
 * of a part (main() always, host_main(), keeper_main() …).
 *
 * @returns the programs' paths.
 */
export async function buildNativeTests(variant: Variant, engine: Engine): Promise<readonly string[]> {
  const library = join(buildFolder, 'obj', variant.name, 'library.a');
  await archive(
    await objectsOf(
      variant,
      engine,
      programSources(shipped).filter((file) => basename(file) !== 'main.c'),
    ),
    library,
  );
  const tests = globSync('native/test/*.c').sort();
  const programs: string[] = [];
  for (const [index, object] of (await objectsOf(variant, engine, tests)).entries()) {
    const program = join(buildFolder, variant.name, 'test', basename(tests[index] ?? '', '.c'));
    await link(variant, engine, [object, library], program);
    programs.push(program);
  }
  return programs;
}

function programSources({ generatedFolder }: Product): string[] {
  return [...globSync('native/*.c').sort(), join(generatedFolder, bytecodeTable), join(generatedFolder, 'lines.c')];
}

/** An object of each source file, in the same order; as many compilers at a time as there are processors. */
async function objectsOf(variant: Variant, engine: Engine, sources: readonly string[]): Promise<string[]> {
  const waiting = sources.entries();
  const objects: string[] = [];
  const worker = async (): Promise<void> => {
    for (const [index, source] of waiting) objects[index] = await objectOf(variant, engine, source);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return objects;
}

async function objectOf(variant: Variant, engine: Engine, source: string): Promise<string> {
  const object = join(buildFolder, 'obj', variant.name, source.replace(/\.c$/, '.o').replace(/^build\//, ''));
  // Our own C waits for the kernel: it may be small. The engine is to be fast.
  const size = variant.name === 'release' ? ['-Os'] : [];
  const flags = [...ownFlags, ...variant.compile, ...size, '-Inative', '-isystem', engine.source];
  await runStep({
    name: object,
    // The table of the bytecode takes in the files beside it.
    inputs: [
      source,
      headers,
      ...(basename(source) === bytecodeTable && source.startsWith(buildFolder)
        ? [join(dirname(source), 'bytecode/**/*.bin')]
        : []),
      ...(source.startsWith('native/test/') ? ['native/test/*.h'] : []),
    ],
    settings: [variant, flags, engine],
    outputs: [object],
    run: async () => {
      mkdirSync(dirname(object), { recursive: true });
      await compile(variant, [...flags, '-c', source, '-o', object]);
    },
  });
  return object;
}

/** From an archive the linker takes only the objects that something asks for. */
async function archive(objects: readonly string[], output: string): Promise<void> {
  await runStep({
    name: output,
    inputs: objects,
    settings: [],
    outputs: [output],
    run: async () => {
      rmSync(output, { force: true });
      await execa('ar', ['rcs', output, ...objects]);
    },
  });
}

async function link(variant: Variant, engine: Engine, objects: readonly string[], output: string): Promise<void> {
  await runStep({
    name: output,
    // The linker's script, where the variant names it.
    inputs: [...objects, 'native/*.ld'],
    settings: [variant, engine],
    outputs: [output],
    run: async () => {
      mkdirSync(dirname(output), { recursive: true });
      const fresh = `${output}.new`;
      await compile(variant, [...variant.link, ...objects, engine.archive, '-lm', '-o', fresh]);
      // In one step: whoever runs the program at this moment keeps the one that it has.
      renameSync(fresh, output);
    },
  });
}
