import { existsSync, statSync } from 'node:fs';
import { cp, mkdir, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';

const ROOT = path.join(import.meta.dirname, '../..');
const SOURCE = path.join(ROOT, 'test/puppet');
const BUILT = path.join(ROOT, 'build/test/tools');
const CALLED_AS = ['tell', 'await', 'note'];

/** The folder with the puppet, its other names and the shell helpers; made anew when a source is newer. */
export async function buildTools(): Promise<string> {
  const program = path.join(BUILT, 'puppet');
  const sources = [
    path.join(SOURCE, 'puppet.c'),
    path.join(SOURCE, 'bin/show'),
    path.join(SOURCE, 'bin/reach'),
    path.join(SOURCE, 'bin/order'),
    path.join(SOURCE, 'bin/terminal'),
  ];
  if (existsSync(program) && sources.every((file) => statSync(file).mtimeMs < statSync(BUILT).mtimeMs)) return BUILT;
  // Several test processes may come here at once: each builds its own, the last rename stands.
  const fresh = `${BUILT}.${String(process.pid)}.${String(performance.now())}`;
  await mkdir(fresh, { recursive: true });
  await cp(path.join(SOURCE, 'bin'), fresh, { recursive: true });
  const warnings = ['-Wall', '-Wextra', '-Werror', '-Wconversion'];
  await execa('musl-gcc', [
    '-std=c11',
    '-O2',
    '-static',
    '-s',
    ...warnings,
    '-o',
    path.join(fresh, 'puppet'),
    path.join(SOURCE, 'puppet.c'),
  ]);
  for (const name of CALLED_AS) await symlink('puppet', path.join(fresh, name));
  await rm(BUILT, { recursive: true, force: true });
  await rename(fresh, BUILT).catch(() => rm(fresh, { recursive: true }));
  return BUILT;
}
