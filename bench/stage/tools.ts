import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { compile, hostVariant, ownFlags } from '../../scripts/build/compiler.ts';

/** Compiles actor and probe into a folder. */
export async function buildTools(folder: string): Promise<void> {
  mkdirSync(folder);
  const source = join(import.meta.dirname, '..');
  for (const program of ['actor', 'probe'])
    await compile(hostVariant, [
      ...ownFlags,
      ...['-O2', '-static', '-s', '-o', join(folder, program)],
      ...[join(source, `${program}.c`), join(source, 'board.c')],
    ]);
}
