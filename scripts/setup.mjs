/**
 * node scripts/setup.mjs [test | demo | bench]
 *
 * Gets what building and testing need: Debian packages (as root, with apt) and npm packages. It says first what it
 * installs and why, and installs only what is missing. Plain JavaScript without dependencies, as it runs on a fresh
 * clone with the Node that the machine has (20 or newer).
 *
 * Exits with 0 when all that *must* be there is; what only some tests need may stay missing: they say so themselves.
 */

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Need
 * @property {readonly string[]} packages Debian's packages that have it
 * @property {string} why
 * @property {boolean} must whether nothing works without it
 * @property {() => boolean} present
 */

/** @type {readonly Need[]} */
const needs = [
  {
    packages: ['musl-tools'],
    why: 'musl-gcc links the static program',
    must: true,
    present: () => command('musl-gcc'),
  },
  {
    packages: ['gcc', 'libc6-dev'],
    why: 'gcc builds what tests its own memory',
    must: true,
    present: () => command('gcc'),
  },
  { packages: ['xz-utils'], why: "xz unpacks the engine's source", must: true, present: () => command('xz') },
  {
    packages: ['clang-format-14'],
    why: 'checks the layout of the C files',
    must: false,
    present: () => command('clang-format-14'),
  },
  {
    packages: ['systemd'],
    why: 'the real systemd, which the oracle tests ask',
    must: false,
    present: () => existsSync('/lib/systemd/systemd'),
  },
  {
    packages: ['podman', 'crun', 'buildah', 'uidmap'],
    why: 'runs the container tests and the demo',
    must: false,
    // A docker client whose daemon does not answer is as good as none.
    present: () => (command('podman') && command('crun') && command('buildah')) || answers('docker', 'version'),
  },
  {
    packages: ['procps'],
    why: 'pkill and pgrep, with which tests end and find processes',
    must: false,
    present: () => command('pkill') && command('pgrep'),
  },
  {
    packages: ['debootstrap'],
    why: "makes the containers' base image where no registry is reached",
    must: false,
    present: () => command('debootstrap'),
  },
];

process.chdir(join(import.meta.dirname, '..'));
process.exitCode = debianPackages() && npmPackages() ? 0 : 1;

/** @returns {boolean} whether all that must be there is */
function debianPackages() {
  const missing = needs.filter((need) => !need.present());
  if (missing.length === 0) return true;

  const packages = missing.flatMap((need) => need.packages);
  const root = process.getuid?.() === 0;
  console.log(root ? 'Installing with apt:' : 'Missing on this machine:');
  for (const need of missing) console.log(`  ${need.packages.join(' ')}: ${need.why}`);
  if (!root || !command('apt-get')) {
    console.log(`To install (as root, on Debian): apt-get install --no-install-recommends ${packages.join(' ')}`);
  } else {
    // Without an update first, a machine's package lists may name files that the mirror no longer has.
    run('apt-get', ['-qq', 'update']);
    run('apt-get', ['-qq', '-y', '-o', 'Dpkg::Use-Pty=0', '--no-install-recommends', 'install', ...packages]);
  }
  return missing.every((need) => !need.must || need.present());
}

/** @returns {boolean} whether the npm packages are there */
function npmPackages() {
  if (lockedVersions('package-lock.json') === lockedVersions('node_modules/.package-lock.json')) return true;
  console.log('Installing the npm packages of package-lock.json into node_modules.');
  return run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

/**
 * What a lock file says to be (or says is) installed, those for other machines left out, as text to compare.
 *
 * @param {string} file
 */
function lockedVersions(file) {
  if (!existsSync(file)) return undefined;
  const { packages } = JSON.parse(readFileSync(file, 'utf8'));
  return Object.entries(packages)
    .filter(([path, entry]) => path !== '' && entry.optional !== true)
    .map(([path, entry]) => `${path}@${entry.version}`)
    .sort()
    .join('\n');
}

/** @param {string} name */
function command(name) {
  return (process.env.PATH ?? '').split(':').some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * @param {string} file
 * @param {readonly string[]} args
 * @returns {boolean} whether there is such a command, and it ends well within ten seconds
 */
function answers(file, ...args) {
  return command(file) && spawnSync(file, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
}

/**
 * Runs a command quietly: what it printed is shown when it fails.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @returns {boolean} whether it ended well
 */
function run(file, args) {
  const { status, error, stdout, stderr } = spawnSync(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status === 0) return true;
  console.error(`${stdout ?? ''}${stderr ?? ''}`);
  console.error(`${file} ${args.join(' ')}: ${error?.message ?? `exit status ${status}`}`);
  return false;
}
