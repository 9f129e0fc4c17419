import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';

import { execa } from 'execa';

import { debianSources, machineAptSources } from '../build/apt-sources.ts';
import { cacheFolder } from '../build/layout.ts';

/** What our Dockerfiles start from. */
export const BASE_IMAGE = 'debian:bookworm-slim';

const SCRIPT = path.join(import.meta.dirname, 'base-image.sh');

/**
 * A stand-in for debian:bookworm-slim, as a tar archive: Debian's own packages, put together by debootstrap and kept in
 * the cache. For machines that reach a Debian mirror but no image registry. Needs root.
 */
export async function baseImageArchive(): Promise<string> {
  const archive = path.join(cacheFolder(), 'debian-bookworm-slim.tar');
  if (existsSync(archive)) return archive;
  await mkdir(path.dirname(archive), { recursive: true });
  const unfinished = `${archive}.${String(process.pid)}`;
  await execa(SCRIPT, [unfinished, debianMirror()], { stdin: 'ignore', all: true });
  await rename(unfinished, archive);
  return archive;
}

/** The mirror that this machine's own apt uses, if it is a Debian; '': debootstrap's own choice. */
function debianMirror(): string {
  const sources = debianSources('bookworm', readFileSync('/etc/os-release', 'utf8'), machineAptSources());
  return /^URIs: (\S+)/m.exec(sources ?? '')?.[1] ?? '';
}
