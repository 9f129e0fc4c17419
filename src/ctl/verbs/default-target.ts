/** get-default, set-default: the default.target link. */
import { resolveName } from '../../units/aliases.ts';
import { type UnitName, unitType } from '../../units/name.ts';
import { mangleUnitName } from '../../units/name.ts';
import { type Call, complain } from '../call.ts';

const defaultTarget = 'default.target' as UnitName;
const link = '/etc/systemd/system/default.target';

export async function getDefault(call: Call): Promise<number> {
  const resolved = resolveName(call.services.units().directories, defaultTarget);
  if (resolved.kind !== 'file') {
    await complain(call, 'Failed to get default target: No such file or directory');
    return 1;
  }
  await call.client.stdout(`${nameOfFile(resolved.source) ?? resolved.name}\n`);
  return 0;
}

/** default.target linked to a file outside of the search path has that file's name. */
function nameOfFile(path: string): string | undefined {
  const base = path.slice(path.lastIndexOf('/') + 1);
  return base.endsWith('.target') && base !== 'default.target' ? base : undefined;
}

export async function setDefault(call: Call): Promise<number> {
  const [word = ''] = call.words;
  const { files, api } = call.services;
  const units = call.services.units();
  const name = mangleUnitName(word, '.target');
  if (name === undefined || unitType(name) !== 'target') {
    return refuse(call, 'Failed to set default target: Invalid argument');
  }
  const resolved = resolveName(units.directories, name);
  if (resolved.kind !== 'file') {
    return refuse(
      call,
      api === undefined
        ? `Failed to set default unit, unit ${name} does not exist.`
        : `Failed to set default target: Unit file ${name} does not exist.`,
    );
  }
  const { root } = units.options;
  const before = files.readLink(root + link);
  const lines: string[] = [];
  if (typeof before === 'string') {
    if (before === resolved.path) return 0;
    files.remove(root + link);
    lines.push(`Removed "${root}${link}".`);
  } else if (typeof files.statusNoFollow(root + link) !== 'number') {
    return refuse(call, `Failed to set default target: File ${root}${link} already exists and is not a symlink.`);
  }
  for (const directory of ['/etc', '/etc/systemd', '/etc/systemd/system']) files.makeDirectory(root + directory, 0o755);
  const errno = files.makeSymlink(resolved.path, root + link);
  if (errno !== undefined) return refuse(call, `Failed to set default target: errno ${errno}`);
  lines.push(`Created symlink ${root}${link} → ${resolved.path}.`);
  if (!call.options.quiet) await complain(call, lines.join('\n'), 'info');
  api?.reload();
  return 0;
}

async function refuse(call: Call, sentence: string): Promise<number> {
  await complain(call, sentence);
  return 1;
}
