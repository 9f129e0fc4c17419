import { simplifyPath } from '../../units/values/path.ts';
import { complain } from '../call.ts';
import type { HostFiles } from '../port.ts';
import { type AnalyzeCall, refuse } from './call.ts';

const everywhere = ['/etc/', '/run/', '/usr/local/lib/', '/usr/lib/', '/lib/'];
const withoutLib = everywhere.slice(0, -1);
const longestFile = 16 * 1024 * 1024;

/** What a name of configuration stands for: where it is looked for, and whether it is a directory of files alone. */
interface Kind {
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly isCollection: boolean;
  readonly extension: string;
}

const extensions: Readonly<Record<string, string>> = {
  'udev/hwdb.d': '.hwdb',
  'udev/rules.d': '.rules',
  'kernel/install.d': '.install',
  'systemd/ntp-units.d': '.list',
  'systemd/relabel-extra.d': '.relabel',
  'systemd/system-preset': '.preset',
  'systemd/user-preset': '.preset',
};

/** As systemd guesses it: src/shared/pretty-print.c, guess_type(). */
function kindOf(word: string): Kind {
  const name = simplifyPath(word) === 'environment.d' ? 'environment' : word;
  const plain = simplifyPath(name);
  const isSystemd = /^systemd(\/|$)/.test(plain) && plain.endsWith('.conf');
  const isShort = isSystemd || plain === 'environment' || plain === 'systemd/user-preset';
  return {
    name,
    prefixes: plain === 'systemd/relabel-extra.d' ? ['/run/'] : isShort ? withoutLib : everywhere,
    isCollection: plain.endsWith('.d') || plain.endsWith('-preset'),
    extension: extensions[plain] ?? '.conf',
  };
}

/** Files of configuration with their drop-ins, in the order in which they are read. */
export async function catConfig(call: AnalyzeCall): Promise<number> {
  for (const [index, word] of call.words.entries()) {
    if (index > 0) await call.client.stdout('\n\n');
    const prefix = everywhere.find((one) => word.startsWith(one) && word.length > one.length);
    if (prefix === undefined && word.startsWith('/'))
      return refuse(call, `Path ${word} does not start with any known prefix.`);
    if (!(await show(call, kindOf(word.slice(prefix?.length ?? 0))))) return 1;
  }
  return 0;
}

async function show(call: AnalyzeCall, { name, prefixes, isCollection, extension }: Kind): Promise<boolean> {
  const { client, palette, options, services } = call;
  const main = prefixes
    .map((prefix) => options.root + prefix + name)
    .find((path) => typeof services.files.status(path) !== 'number');
  if (!isCollection && main === undefined)
    await client.stdout(`${palette.magenta(`# Main configuration file ${name} not found`)}\n`);
  const directories = prefixes.map((prefix) => simplifyPath(options.root + prefix + name) + (isCollection ? '' : '.d'));
  const files = [...(isCollection || main === undefined ? [] : [main]), ...filesIn(call, directories, extension)];
  for (const [index, path] of files.entries()) {
    const head = `${index > 0 ? '\n' : ''}${palette.blue(`# ${path}`)}\n`;
    const text = textOf(call, path);
    if (typeof text === 'number') {
      const why = services.files.errorText(text);
      // Opening a directory is no mistake yet.
      if (text === isDirectory) {
        await client.stdout(head);
        await complain(call, `Failed to read "${path}": ${why}`);
      }
      await complain(call, `Failed to cat ${path}: ${why}`, 'warning');
      return false;
    }
    await client.stdout(head + (text === '' || text.endsWith('\n') ? text : `${text}\n`));
  }
  return true;
}

const isDirectory: number = 21;

/** A link to /dev/null hides the file of that name in the directories behind: it is empty. */
function textOf({ services }: AnalyzeCall, path: string): ReturnType<HostFiles['readFile']> {
  return services.files.realPath(path) === '/dev/null' ? '' : services.files.readFile(path, longestFile);
}

/** The files of all the directories by name; of two that have the same one the first counts. */
function filesIn({ services }: AnalyzeCall, directories: readonly string[], extension: string): string[] {
  const found = new Map<string, string>();
  for (const directory of directories) {
    const entries = services.files.readDirectory(directory);
    if (typeof entries === 'number') continue;
    for (const { name } of entries)
      if (name.endsWith(extension) && !name.startsWith('.') && !found.has(name))
        found.set(name, `${directory}/${name}`);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, path]) => path);
}
