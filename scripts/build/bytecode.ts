import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';

import { execa } from 'execa';

import type { Bundle } from './bundle.ts';
import { compile, hostVariant, ownFlags } from './compiler.ts';
import type { Engine } from './engine.ts';
import { BuildFailure } from './failure.ts';
import { buildFolder, type Product } from './layout.ts';
import { runStep } from './step.ts';

const tool = join(buildFolder, 'tools/compile-modules');

/**
 * Compiles the bundled modules to bytecode and writes the tables that native/bytecode.h declares: bytecode.c (build/gen/bytecode.c).
 *
 * @param engine hostVariant's: bytecode is the same for every variant and (little-endian, 64-bit) machine.
 */
export async function compileBytecode(
  { name, bundleFolder, generatedFolder }: Product,
  engine: Engine,
  { modules, first, packed }: Bundle,
): Promise<void> {
  const bytecodeFolder = join(generatedFolder, 'bytecode');
  await runStep({
    name: 'compile-modules',
    inputs: ['native/tools/*.c', 'native/engine/*.h'],
    settings: engine,
    outputs: [tool],
    run: async () => {
      mkdirSync(dirname(tool), { recursive: true });
      const { compile: flags, link } = hostVariant;
      const include = ['-isystem', engine.source, '-isystem', 'native/engine'];
      const source = 'native/tools/compile-modules.c';
      await compile(hostVariant, [
        ...ownFlags,
        ...flags,
        ...include,
        source,
        '-o',
        tool,
        ...link,
        engine.archive,
        '-lm',
      ]);
    },
  });
  const later = modules.filter((module) => !first.includes(module) && !packed.includes(module));
  await runStep({
    name: `${name}bytecode`,
    inputs: [join(bundleFolder, '**/*.js'), tool],
    settings: [engine, modules, first, packed],
    outputs: [join(generatedFolder, 'bytecode.c')],
    run: async () => {
      rmSync(bytecodeFolder, { recursive: true, force: true });
      for (const module of modules) mkdirSync(dirname(join(bytecodeFolder, module)), { recursive: true });
      mkdirSync(generatedFolder, { recursive: true });
      if (modules.length > 0) {
        const result = await execa(tool, [bundleFolder, bytecodeFolder, ...first, '--', ...packed, '--', ...later], {
          reject: false,
          all: true,
        });
        if (result.failed) throw new BuildFailure(`The engine cannot compile the bundle:\n${result.all}`);
      }
      for (const module of packed)
        writeFileSync(
          join(bytecodeFolder, `${module}.packed.bin`),
          deflateRawSync(readFileSync(join(bytecodeFolder, `${module}.bin`)), { level: 9, memLevel: 9 }),
        );
      writeFileSync(
        join(generatedFolder, 'bytecode.c'),
        bytecodeSource(bytecodeFolder, engine, modules, new Set(packed), new Set(later)),
      );
    },
  });
}

/** The assembler takes the bytes in as they are: as C numbers they would take the compiler seconds. */
function bytecodeSource(
  folder: string,
  engine: Engine,
  modules: readonly string[],
  packed: ReadonlySet<string>,
  later: ReadonlySet<string>,
): string {
  const blobs: string[] = [];
  const rows: string[] = [];
  for (const [index, module] of modules.entries()) {
    const code = `pidone_code_${String(index)}`;
    const length = sizeOf(folder, module);
    if (packed.has(module)) {
      blobs.push(included(folder, code, `${module}.packed`));
      rows.push(`    {"${module}", ${code}, ${length}, ${sizeOf(folder, `${module}.packed`)}, 0},`);
    } else {
      blobs.push(included(folder, code, module));
      rows.push(`    {"${module}", ${code}, ${length}, 0, ${later.has(module) ? '1' : '0'}},`);
    }
  }
  return [
    '/* Made by scripts/build/bytecode.ts. */',
    '#include "bytecode.h"',
    included(folder, 'pidone_atoms', 'atoms'),
    `const unsigned pidone_atoms_length = ${sizeOf(folder, 'atoms')};`,
    included(folder, 'pidone_later_atoms', 'later-atoms'),
    `const unsigned pidone_later_atoms_length = ${sizeOf(folder, 'later-atoms')};`,
    ...blobs,
    `const char pidone_engine_version[] = "${engine.version}";`,
    `const unsigned pidone_module_count = ${String(modules.length)};`,
    'const struct pidone_module pidone_modules[] = {',
    ...rows,
    '    {0, 0, 0, 0, 0},',
    '};',
    '',
  ].join('\n');
}

function included(folder: string, symbol: string, module: string): string {
  return [
    `extern const unsigned char ${symbol}[];`,
    `__asm__(".pushsection .rodata\\n"`,
    `        ".globl ${symbol}\\n"`,
    `        "${symbol}: .incbin \\"${resolve(folder, `${module}.bin`)}\\"\\n"`,
    `        ".popsection\\n");`,
  ].join('\n');
}

function sizeOf(folder: string, module: string): string {
  return String(statSync(join(folder, `${module}.bin`)).size);
}
