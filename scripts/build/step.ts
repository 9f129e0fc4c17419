import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { buildFolder } from './layout.ts';

/** One step of the build: what it depends on, what it leaves behind, how it is done. */
export interface Step {
  /** Unique; also the name of its stamp. */
  readonly name: string;
  /** Files whose content decides whether the step must run; globs are allowed. */
  readonly inputs: readonly string[];
  /** What else decides: flags, versions. */
  readonly settings?: unknown;
  /** Files that must exist afterwards. */
  readonly outputs: readonly string[];
  readonly run: () => void | Promise<void>;
}

/**
 * Runs the step unless its inputs, settings and outputs are as they were when it last succeeded, and says so in one line.
 * The build's own scripts are inputs of every step: a change in how something is made makes it again.
 */
export async function runStep(step: Step): Promise<'done' | 'cached'> {
  const key = contentKey([...step.inputs, 'scripts/build.ts', 'scripts/build/*.ts'], step.settings);
  const stamp = join(buildFolder, '.stamps', step.name.replaceAll('/', '-'));
  if (readIfThere(stamp) === key && step.outputs.every((output) => existsSync(output))) return 'cached';

  const start = performance.now();
  await step.run();
  for (const output of step.outputs)
    if (!existsSync(output)) throw new Error(`internal error: step ${step.name} did not make ${output}`);
  mkdirSync(join(buildFolder, '.stamps'), { recursive: true });
  writeFileSync(stamp, key);
  console.log(`  ${step.name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  return 'done';
}

/** A hash over the names and contents of the files (globs are expanded, order does not matter) and over the settings. */
export function contentKey(inputs: readonly string[], settings?: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(settings ?? null));
  for (const file of [...new Set(globSync([...inputs]))].sort())
    hash.update(`\0${file}\0`).update(createHash('sha256').update(readFileSync(file)).digest());
  return hash.digest('hex');
}

function readIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
