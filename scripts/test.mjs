/**
 * npm test [-- LAYER…]
 *
 * Sets the machine up and hands over to scripts/test.ts under the Node that the project brings along: this file runs
 * with whatever Node the machine has. What cannot be set up without root is a reason to leave tests out, and they say so;
 * as root it is a failure.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const node = join(root, 'node_modules/.bin/node');

const setup = run(process.execPath, join(root, 'scripts/setup.mjs'));
process.exitCode = existsSync(node) ? run(node, join(root, 'scripts/test.ts'), ...process.argv.slice(2)) : setup;
if (setup !== 0 && process.getuid?.() === 0) process.exitCode ||= setup;

/**
 * @param {string} file
 * @param {readonly string[]} args
 * @returns {number} its exit status
 */
function run(file, ...args) {
  return spawnSync(file, args, { stdio: 'inherit', cwd: root }).status ?? 1;
}
