/**
 * npm run build [-- --asan] [-- --tests] [-- --fuzz]
 *
 * Makes build/root/bin/pidone and the links beside it. --asan makes build/asan/pidone instead: the same program, which
 * tells its memory errors. --tests makes, with it, the C tests in build/asan/test. --fuzz makes build/fuzz/systemd-fuzz: the
 * same C and engine as the program's, which read unit files by the thousand (test/fuzz/). What has not changed is not made again.
 */

import { mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { bundle } from './build/bundle.ts';
import { compileBytecode } from './build/bytecode.ts';
import { hostVariant, variants } from './build/compiler.ts';
import { buildEngine } from './build/engine.ts';
import { BuildFailure } from './build/failure.ts';
import {
  asanFolder,
  binFolder,
  commandLinks,
  programName,
  projectRoot,
  fuzzer,
  fuzzProgram,
  type Product,
  shipped,
} from './build/layout.ts';
import { writeLineTable } from './build/lines.ts';
import { withBuildLock } from './build/lock.ts';
import { buildNativeTests, buildProgram } from './build/native.ts';
import { runStep } from './build/step.ts';

const { values: options } = parseArgs({
  options: { asan: { type: 'boolean' }, tests: { type: 'boolean' }, fuzz: { type: 'boolean' } },
});

process.chdir(projectRoot);
try {
  await withBuildLock(async () => {
    if (options.fuzz === true) await makeFuzzer();
    else await main(options.asan === true || options.tests === true, options.tests === true);
  });
} catch (error) {
  if (!(error instanceof BuildFailure)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function main(asan: boolean, tests: boolean): Promise<void> {
  const start = performance.now();
  const engine = await buildEngine(variants.release);
  await makeBytecode(shipped);

  const output = join(asan ? asanFolder : binFolder, programName);
  if (asan) {
    const asanEngine = await buildEngine(variants.asan);
    await buildProgram(variants.asan, asanEngine, output);
    if (tests) await buildNativeTests(variants.asan, asanEngine);
  } else {
    await buildProgram(variants.release, engine, output);
    await linkCommands();
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${output}: ${String(statSync(output).size)} bytes (${seconds} s)`);
}

async function makeBytecode(product: Product): Promise<void> {
  const bundled = await bundle(product);
  await compileBytecode(product, await buildEngine(hostVariant), bundled);
  await writeLineTable(product, bundled.modules);
}

async function makeFuzzer(): Promise<void> {
  const engine = await buildEngine(variants.release);
  await makeBytecode(fuzzer);
  await buildProgram(variants.release, engine, fuzzProgram, fuzzer);
}

async function linkCommands(): Promise<void> {
  const links = commandLinks.map((name) => join(binFolder, name));
  await runStep({
    name: 'links',
    inputs: [],
    settings: commandLinks,
    outputs: links,
    run: () => {
      mkdirSync(binFolder, { recursive: true });
      for (const link of links) {
        rmSync(link, { force: true });
        symlinkSync(programName, link);
      }
    },
  });
}
