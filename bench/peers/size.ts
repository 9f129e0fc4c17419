import { existsSync, globSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { systemctlFolder, unpacked } from './packages.ts';
import type { Supervisor } from '../supervisors/supervisor.ts';

/**
 * Bytes that a supervisor brings into an image: the files of its packages and of those that they depend on, without
 * what every Debian has (Priority: required, and libc) and without documentation.
 *
 * @param layer the peers' folder, over this machine's root
 */
export function installSize({ source }: Supervisor, layer: string): number {
  if (source.kind === 'folder') return sizeOf(globSync(join(source.folder, '**')));
  const files = new Set<string>();
  let extra = 0;
  const wanted = source.packages.flatMap((name) => (name === unpacked ? ['python3'] : [name]));
  if (source.packages.includes(unpacked))
    extra = sizeOf(globSync(join(layer, systemctlFolder, '**')).filter(isProgram));
  for (const name of closure(wanted, readStatus(layer))) for (const file of filesOf(name, layer)) files.add(file);
  return extra + sizeOf([...files].filter(isProgram).map((file) => locate(file, layer)));
}

interface Package {
  readonly isBase: boolean;
  /** For each dependency its alternatives. */
  readonly depends: readonly (readonly string[])[];
}

/** deb822 of dpkg: what is installed. */
function readStatus(layer: string): ReadonlyMap<string, Package> {
  const packages = new Map<string, Package>();
  for (const stanza of readFileSync(locate('/var/lib/dpkg/status', layer), 'utf8').split('\n\n')) {
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? '';
    if (!field('Status').endsWith(' installed')) continue;
    const depends = [field('Pre-Depends'), field('Depends')]
      .flatMap((list) => list.split(','))
      .map((entry) => entry.split('|').map((word) => /^\s*([^\s:(]+)/.exec(word)?.[1] ?? ''));
    const isBase = field('Priority') === 'required' || field('Essential') === 'yes' || field('Source') === 'glibc';
    packages.set(field('Package'), { isBase, depends });
  }
  return packages;
}

function closure(names: readonly string[], packages: ReadonlyMap<string, Package>): ReadonlySet<string> {
  const found = new Set(names);
  for (const name of found)
    for (const alternatives of packages.get(name)?.depends ?? []) {
      const one = alternatives.find((alternative) => packages.has(alternative));
      if (one !== undefined && packages.get(one)?.isBase === false) found.add(one);
    }
  return found;
}

function filesOf(name: string, layer: string): readonly string[] {
  const [list] = [`${name}.list`, `${name}:*.list`].flatMap((pattern) =>
    [layer, '/'].flatMap((root) => globSync(join(root, 'var/lib/dpkg/info', pattern))),
  );
  return list === undefined ? [] : readFileSync(list, 'utf8').split('\n');
}

function isProgram(file: string): boolean {
  return !/\/usr\/share\/(?:doc|man|locale|lintian|bash-completion|info)\//.test(file);
}

function locate(file: string, layer: string): string {
  const inLayer = join(layer, file);
  return existsSync(inLayer) ? inLayer : file;
}

function sizeOf(files: readonly string[]): number {
  let bytes = 0;
  for (const file of files) {
    const status = lstatSync(file, { throwIfNoEntry: false });
    if (status?.isFile() === true) bytes += status.size;
  }
  return bytes;
}
