import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { execa, execaSync } from 'execa';
import { debianSources, machineAptSources } from '../../scripts/build/apt-sources.ts';
import { cacheFolder } from '../../scripts/build/layout.ts';

/** Keys by section, those of a group in each section that has it: what systemd 252, as it is installed here, lists of itself. */
export function dumpedKeys(): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map<string, Set<string>>();
  let section = '';
  for (const line of execaSync('/lib/systemd/systemd', ['--dump-configuration-items']).stdout.split('\n')) {
    const header = /^\[(.*)\]$/.exec(line);
    if (header !== null) section = header[1] ?? '';
    else if (line.includes('=')) addTo(known, section, line.slice(0, line.indexOf('=')));
  }
  return known;
}

/** The same of a later systemd, in its own order of things: keys by section or by group (exec, kill, resources). */
export async function tableOf(suite: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const file = path.join(cacheFolder(), `systemd-keys-of-${suite}`);
  if (!existsSync(file)) await fetchTable(suite, file);
  return parseTable(readFileSync(file, 'utf8'));
}

const groups = new Map([
  ['EXEC_CONTEXT_CONFIG_ITEMS', 'exec'],
  ['KILL_CONTEXT_CONFIG_ITEMS', 'kill'],
  ['CGROUP_CONTEXT_CONFIG_ITEMS', 'resources'],
]);

function parseTable(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map<string, Set<string>>();
  let group = '';
  for (const line of text.split('\n')) {
    group = groups.get(/macro (\w+)\(/.exec(line)?.[1] ?? '') ?? group;
    const [, section = '', key] = /^(\{\{type\}\}|[A-Z][a-z]+)\.(\w+),/.exec(line) ?? [];
    if (key !== undefined) addTo(known, section.startsWith('{') ? group : section, key);
  }
  return known;
}

function addTo(known: Map<string, Set<string>>, section: string, key: string): void {
  known.set(section, (known.get(section) ?? new Set()).add(key));
}

/** Debian's source package of a suite, of which one file is kept. apt's lists and cache are of its own: the machine's stay untouched. */
async function fetchTable(suite: string, file: string): Promise<void> {
  mkdirSync(cacheFolder(), { recursive: true });
  const work = mkdtempSync(path.join(cacheFolder(), 'keys-'));
  try {
    const sources = debianSources(suite, readFileSync('/etc/os-release', 'utf8'), machineAptSources());
    if (sources === undefined) throw new Error("this machine's apt sources name no Debian archive");
    for (const folder of ['parts', 'lists/partial', 'cache/archives/partial', 'source']) {
      mkdirSync(path.join(work, folder), { recursive: true });
    }
    writeFileSync(path.join(work, 'parts', 'keys.sources'), sources);
    const options = [
      'Dir::Etc::SourceList=/dev/null',
      `Dir::Etc::SourceParts=${path.join(work, 'parts')}`,
      `Dir::State::Lists=${path.join(work, 'lists')}`,
      `Dir::Cache=${path.join(work, 'cache')}`,
      'APT::Sandbox::User=root',
      'Acquire::Languages=none',
      'APT::Update::Error-Mode=any',
    ].flatMap((option) => ['-o', option]);
    const cwd = path.join(work, 'source');
    await execa('apt-get', [...options, '-q', 'update'], { cwd });
    await execa('apt-get', [...options, '-q', 'source', '--download-only', '--tar-only', 'systemd'], { cwd });
    const archive = readdirSync(cwd).find((name) => name.includes('.orig.tar.'));
    if (archive === undefined) throw new Error(`apt gave ${readdirSync(cwd).join(', ')}`);
    const member = '*/src/core/load-fragment-gperf.gperf.in';
    const { stdout } = await execa('tar', ['-xOf', archive, '--wildcards', member], { cwd });
    writeFileSync(path.join(work, 'table'), stdout);
    renameSync(path.join(work, 'table'), file);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
