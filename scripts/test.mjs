/**
 * npm test [-- LAYER…]
 *
 * Sets the machine up and hands over to scripts/test.ts under the Node that the project brings along: this file runs
 * with whatever Node the machine has.
 */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const steps = [
  [process.execPath, join(root, 'scripts/setup.mjs')],
  [join(root, 'node_modules/.bin/node'), join(root, 'scripts/test.ts'), ...process.argv.slice(2)],
];
for (const [file, ...args] of steps) {
  const { status } = spawnSync(file, args, { stdio: 'inherit', cwd: root });
  if (status !== 0) process.exit(status ?? 1);
}
