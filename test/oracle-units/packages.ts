import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { execa, ExecaError } from 'execa';
import { cacheFolder } from '../../scripts/build/layout.ts';
import { gate } from '../oracle/gate.ts';

/** Debian's packages whose units pidone must carry out as they are. */
export const packages: readonly string[] = readFileSync(path.join(import.meta.dirname, 'packages.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

/** Where packages have their units. */
const unitFolders = ['lib/systemd/system', 'usr/lib/systemd/system'];

/**
 * What decides about a machine's boot: in the tests' machines these are stubs (test/oracle/machine.ts), for else half of
 * the units would be started.
 */
const bootTargets = ['default', 'sysinit', 'basic', 'multi-user', 'shutdown'].map((name) => `${name}.target`);

/**
 * The folder with the unit files of all packages, links as they are. Fetched with apt once (about 70 MB); the units are kept
 * in the cache outside of the project.
 */
export async function packagedUnits(): Promise<string> {
  const version = createHash('sha256')
    .update(['2', ...packages].join('\n'))
    .digest('hex')
    .slice(0, 12);
  const folder = path.join(cacheFolder(), `debian-units-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cacheFolder(), { recursive: true });
  const work = mkdtempSync(path.join(cacheFolder(), 'units-'));
  try {
    await download(work);
    const units = path.join(work, 'units');
    mkdirSync(units);
    const archives = readdirSync(work)
      .filter((name) => name.endsWith('.deb'))
      .sort();
    const throughGate = gate();
    await Promise.all(archives.map((archive) => throughGate(() => unpack(work, archive))));
    // One after the other: where two packages have one file, the later one has it, on every machine.
    for (const archive of archives) {
      for (const from of foldersOf(work, archive))
        await execa('cp', ['-a', '--remove-destination', `${from}/.`, units]);
    }
    for (const name of bootTargets.flatMap((target) => [target, `${target}.wants`, `${target}.requires`])) {
      rmSync(path.join(units, name), { recursive: true, force: true });
    }
    if (!existsSync(folder)) renameSync(units, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

/** Lists that are not there or are old are fetched first, and only then. */
async function download(into: string): Promise<void> {
  const apt = ['-q', '-o', 'APT::Sandbox::User=root', '-o', 'Acquire::Retries=3'];
  const fetch = () => execa('apt-get', [...apt, 'download', ...packages], { cwd: into });
  try {
    await fetch().catch(async () => {
      await execa('apt-get', [...apt, 'update']);
      await fetch();
    });
  } catch (error) {
    const said = error instanceof ExecaError ? String(error.stderr) : '';
    const lines = said.split('\n').filter((line) => line.startsWith('E:'));
    throw new Error(`Cannot fetch the packages of test/oracle-units/packages.txt:\n${lines.join('\n')}`, {
      cause: error,
    });
  }
}

/** The units of one archive. tar complains where one of the two folders is not there; what came out is looked at. */
async function unpack(work: string, archive: string): Promise<void> {
  const into = path.join(work, 'unpacked', archive);
  mkdirSync(into, { recursive: true });
  const patterns = unitFolders.map((folder) => `'./${folder}/*'`).join(' ');
  const script = `dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --wildcards ${patterns}`;
  await execa('sh', ['-c', script, 'sh', path.join(work, archive), into], { reject: false });
  if (foldersOf(work, archive).length === 0) throw new Error(`No units in ${archive}: take it off packages.txt`);
}

function foldersOf(work: string, archive: string): readonly string[] {
  return unitFolders
    .map((folder) => path.join(work, 'unpacked', archive, folder))
    .filter((folder) => existsSync(folder));
}
