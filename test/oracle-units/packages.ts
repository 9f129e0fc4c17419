import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../../scripts/build/layout.ts';

/** Debian's packages whose units pidone must carry out as they are. */
export const packages: readonly string[] = [
  'cron',
  'dbus',
  'nginx-common',
  'openssh-server',
  'prometheus-node-exporter',
  'redis-server',
  'rsyslog',
];

/** The folder with the unit files of all packages, links as they are. Fetched with apt once; kept in the cache outside of the project. */
export async function packagedUnits(): Promise<string> {
  const folder = path.join(cacheFolder(), `debian-units-${packages.join('-')}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cacheFolder(), { recursive: true });
  const work = mkdtempSync(path.join(cacheFolder(), 'units-'));
  try {
    await download(work);
    const units = path.join(work, 'units');
    mkdirSync(units);
    mkdirSync(path.join(work, 'unpacked'));
    for (const archive of readdirSync(work).filter((name) => name.endsWith('.deb'))) {
      const unpacked = path.join(work, 'unpacked', archive);
      await execa('dpkg-deb', ['-x', path.join(work, archive), unpacked]);
      for (const found of ['lib/systemd/system', 'usr/lib/systemd/system']) {
        const from = path.join(unpacked, found);
        if (existsSync(from)) cpSync(from, units, { recursive: true, verbatimSymlinks: true });
      }
    }
    renameSync(units, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

/** Lists that are not there or are old are fetched first, and only then. */
async function download(into: string): Promise<void> {
  const apt = ['-q', '-o', 'APT::Sandbox::User=root'];
  const fetch = () => execa('apt-get', [...apt, 'download', ...packages], { cwd: into });
  await fetch().catch(async () => {
    await execa('apt-get', [...apt, 'update']);
    await fetch();
  });
}
