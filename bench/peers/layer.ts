import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { execa } from 'execa';

import { cacheFolder } from '../../scripts/build/layout.ts';
import { installed, systemctlFolder, unpacked } from './packages.ts';

/**
 * Puts the peers' files into a folder that an overlay can have below it. They are installed once for a state of this
 * machine's own packages, and kept packed in the cache.
 *
 * @param place an empty folder on a tmpfs of this mount namespace
 * @returns the layer's folder
 */
export async function peersLayer(place: string): Promise<string> {
  const archive = join(cacheFolder(), `bench-peers-${key()}.tar`);
  if (!existsSync(archive)) await install(join(place, 'install'), archive);
  const layer = join(place, 'peers');
  mkdirSync(layer);
  await execa('tar', ['--xattrs', '--xattrs-include=trusted.*', '-C', layer, '-xf', archive]);
  return layer;
}

async function install(folder: string, archive: string): Promise<void> {
  console.log(`Installing the peers in a root that is thrown away: ${[...installed, unpacked].join(' ')}`);
  mkdirSync(folder);
  mkdirSync(cacheFolder(), { recursive: true });
  for (const old of globSync(join(cacheFolder(), 'bench-peers-*'))) rmSync(old);
  const script = join(import.meta.dirname, 'install.sh');
  const unfinished = `${archive}.${String(process.pid)}`;
  const spaces = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child'];
  try {
    await execa('setpriv', [...spaces, script, folder, unfinished, unpacked, systemctlFolder, ...installed], {
      stdin: 'ignore',
      all: true,
    });
    renameSync(unfinished, archive);
  } finally {
    rmSync(unfinished, { force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is in the layer depends on what this machine has already, and on what is asked for. */
function key(): string {
  const hash = createHash('sha256').update(JSON.stringify([installed, unpacked, systemctlFolder]));
  for (const file of ['/var/lib/dpkg/status', join(import.meta.dirname, 'install.sh')]) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}
