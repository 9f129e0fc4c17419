import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

import { execa } from 'execa';

import { debianSources, machineAptSources } from './apt-sources.ts';
import { BuildFailure } from './failure.ts';
import { cacheFolder } from './layout.ts';

/** The engine: Debian 13's source package, of which only the upstream archive is taken, pinned by its hash. */
const engine = {
  package: 'quickjs',
  suite: 'trixie',
  version: '2025-04-26',
  archive: 'quickjs_2025.04.26.orig.tar.xz',
  sha256: 'ec81da5b3249ed648dbc7df4a1654988910e66a118d9b71cb63534216efcfbbe',
} as const;

/**
 * The folder with QuickJS's source: the one named by PIDONE_QUICKJS_SOURCE, or our cache's, filled by apt when empty.
 *
 * @throws BuildFailure that says what to install or set when neither can be had.
 */
export async function engineSource(): Promise<string> {
  const named = process.env['PIDONE_QUICKJS_SOURCE'];
  if (named !== undefined && named !== '') {
    if (!existsSync(join(named, 'quickjs.c')))
      throw new BuildFailure(`PIDONE_QUICKJS_SOURCE=${named} has no quickjs.c in it`);
    return resolve(named);
  }
  const cached = join(cacheFolder(), `quickjs-${engine.version}`);
  if (!existsSync(join(cached, 'quickjs.c'))) await fetchInto(cached);
  return cached;
}

async function fetchInto(destination: string): Promise<void> {
  mkdirSync(cacheFolder(), { recursive: true });
  const work = mkdtempSync(join(cacheFolder(), 'fetch-'));
  try {
    const archive = await download(work);
    const sum = createHash('sha256').update(readFileSync(archive)).digest('hex');
    if (sum !== engine.sha256)
      throw new BuildFailure(`${engine.archive} has the SHA-256 ${sum}, expected ${engine.sha256}`);
    const unpacked = join(work, 'unpacked');
    mkdirSync(unpacked);
    const tar = await execa('tar', ['-xJf', archive, '-C', unpacked, '--strip-components=1', '--no-same-owner'], {
      reject: false,
    });
    if (tar.failed) throw cannotFetch('cannot unpack it (packages tar and xz-utils)', tar.stderr);
    rmSync(destination, { recursive: true, force: true });
    renameSync(unpacked, destination);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Has apt download the archive with a configuration, lists and cache of their own: the machine's own stay untouched. */
async function download(work: string): Promise<string> {
  const sources = debianSources(engine.suite, readFileSync('/etc/os-release', 'utf8'), machineAptSources());
  if (sources === undefined)
    throw cannotFetch("this machine's apt sources (/etc/apt/sources.list, sources.list.d) name no Debian archive", '');
  console.log(`  getting the source of ${engine.package} ${engine.version} from Debian's archive`);
  for (const folder of ['parts', 'lists/partial', 'cache/archives/partial', 'source'])
    mkdirSync(join(work, folder), { recursive: true });
  writeFileSync(join(work, 'parts', 'engine.sources'), sources);
  const options = [
    `Dir::Etc::SourceList=/dev/null`,
    `Dir::Etc::SourceParts=${join(work, 'parts')}`,
    `Dir::State::Lists=${join(work, 'lists')}`,
    `Dir::Cache=${join(work, 'cache')}`,
    'APT::Sandbox::User=root',
    'Acquire::Languages=none',
    'APT::Update::Error-Mode=any',
  ].flatMap((option) => ['-o', option]);

  const sourceFolder = join(work, 'source');
  const tries = [
    ['-q', 'update'],
    ['-q', 'source', '--download-only', '--tar-only', engine.package],
  ];
  for (const command of tries) {
    const result = await execa('apt-get', [...options, ...command], { cwd: sourceFolder, reject: false, all: true });
    if (result.code === 'ENOENT') throw cannotFetch('there is no apt-get here', '');
    if (result.failed) throw cannotFetch(`apt-get ${command.join(' ')} failed`, result.all);
  }
  const archive = readdirSync(sourceFolder).find((name) => name === engine.archive);
  if (archive === undefined)
    throw cannotFetch(`Debian ${engine.suite} gave ${readdirSync(sourceFolder).join(', ')}, not ${engine.archive}`, '');
  return join(sourceFolder, archive);
}

function cannotFetch(reason: string, output: string): BuildFailure {
  return new BuildFailure(
    `Cannot get the engine's source: ${reason}.\n` +
      (output === '' ? '' : `${output.trimEnd().replaceAll(/^/gm, '    ')}\n`) +
      `Either let apt reach a Debian archive (packages apt, debian-archive-keyring, xz-utils; its mirror must have ${engine.suite}),\n` +
      `or unpack QuickJS ${engine.version} somewhere and set PIDONE_QUICKJS_SOURCE to that folder.`,
  );
}
