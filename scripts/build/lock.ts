import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { buildFolder } from './layout.ts';

/**
 * Runs `work` while no other build of this checkout runs; waits for its turn. The lock is flock(1)'s, held by a child
 * that ends with our end of its standard input, so that a build that is killed leaves no lock behind.
 */
export async function withBuildLock(work: () => Promise<void>): Promise<void> {
  mkdirSync(buildFolder, { recursive: true });
  const holder = spawn('flock', [`${buildFolder}/.lock`, 'sh', '-c', 'echo locked; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve, reject) => {
    holder.once('error', reject);
    holder.once('close', () => {
      resolve();
    });
  });
  const locked = new Promise<void>((resolve) => {
    createInterface(holder.stdout).once('line', () => {
      resolve();
    });
  });
  try {
    await Promise.race([locked, ended.then(() => Promise.reject(new Error('flock ended before it locked')))]);
    await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
