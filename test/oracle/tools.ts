import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';

const ROOT = path.join(import.meta.dirname, '../..');
const SOURCE = path.join(ROOT, 'test/puppet');
const BUILT = path.join(ROOT, 'build/test');
const PROGRAMS = ['puppet', 'probe', 'talk', 'brake', 'forbid', 'witness', 'live', 'descriptors'];
const CALLED_AS = ['tell', 'await', 'note'];

/**
 * The folder with the puppet, its other names and the shell helpers. It is named after what its sources hold and never
 * changes: other test processes, and machines that have it mounted, may be using it.
 */
export async function buildTools(): Promise<string> {
  const scripts = ['bin/show', 'bin/reach', 'bin/order', 'bin/terminal'];
  const sources = [...PROGRAMS.map((name) => `${name}.c`), ...scripts].map((name) => path.join(SOURCE, name));
  const hash = createHash('sha256');
  for (const file of sources) hash.update(readFileSync(file));
  const built = path.join(BUILT, `tools-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(built)) return built;
  // Several test processes may come here at once: each builds its own, the first rename stands.
  const fresh = `${built}.${String(process.pid)}.${String(performance.now())}`;
  await mkdir(fresh, { recursive: true });
  await cp(path.join(SOURCE, 'bin'), fresh, { recursive: true });
  const warnings = ['-Wall', '-Wextra', '-Werror', '-Wconversion'];
  for (const name of PROGRAMS)
    await execa('musl-gcc', [
      '-std=c11',
      '-O2',
      '-static',
      '-s',
      ...warnings,
      '-o',
      path.join(fresh, name),
      path.join(SOURCE, `${name}.c`),
    ]);
  for (const name of CALLED_AS) await symlink('puppet', path.join(fresh, name));
  await rename(fresh, built).catch(() => rm(fresh, { recursive: true }));
  return built;
}
