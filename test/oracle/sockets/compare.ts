/** Random socket units on the real systemd and on pidone: what their services see, and what is left in the file system. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';

import type { Machine } from '../machine.ts';
import { bootPrivilegedPidone } from '../pidone.ts';
import { bootSystemd } from '../systemd.ts';
import { anySocket, commandOf, filesOf, type RandomSocket } from './units.ts';

/** So many units have a machine. */
const AT_ONCE = 10;

/** `seed`: the same gives the same units; left out: by chance. What differs is thrown, with the unit and the seed. */
export async function compareSockets(count: number, seed = Date.now() % 2 ** 31): Promise<void> {
  for (let first = 0; first < count; first += AT_ONCE) {
    const sockets = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, index) => {
      const [socket] = fc.sample(anySocket(first + index), { seed: seed + first + index, numRuns: 1 });
      if (socket === undefined) throw new Error('no sample');
      return [first + index, socket] as const;
    });
    await compareSome(sockets, seed);
  }
}

async function compareSome(sockets: readonly (readonly [number, RandomSocket])[], seed: number): Promise<void> {
  const units = await mkdtemp(path.join(tmpdir(), 'pidone-sockets-'));
  try {
    for (const [n, socket] of sockets)
      for (const [file, text] of Object.entries(filesOf(n, socket))) await writeFile(path.join(units, file), text);
    const theirs = await answers(await bootSystemd(units), sockets);
    const ours = await answers(await bootPrivilegedPidone(units), sockets);
    for (const [index, [n, { lines }]] of sockets.entries())
      assert.equal(ours[index], theirs[index], `s${n}.socket of seed ${seed}:\n${lines.join('\n')}`);
  } finally {
    await rm(units, { recursive: true });
  }
}

async function answers(
  machine: Machine,
  sockets: readonly (readonly [number, RandomSocket])[],
): Promise<readonly string[]> {
  const given: string[] = [];
  try {
    // The interface that Debian's packages bring up is not theirs here.
    await machine.run('talk --loopback; touch /run/order.log');
    for (const [n, socket] of sockets) given.push((await machine.run(commandOf(n, socket))).stdout);
  } finally {
    await machine.down();
  }
  return given;
}
