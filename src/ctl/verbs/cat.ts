/** cat: the files of a unit, drop-ins last, each under its path. */
import { readUnitText } from '../../units/files.ts';
import type { LoadState } from '../../units/model.ts';
import { systemSearchPath } from '../../units/search-path.ts';
import { isTemplate } from '../../units/name.ts';
import { type Call, complain, shown } from '../call.ts';
import { findNames } from '../names.ts';

export async function cat(call: Call): Promise<number> {
  const { services, palette } = call;
  const found = findNames(call, call.words);
  if (!found.ok) {
    await complain(call, found.message);
    return 1;
  }
  const units = services.units();
  const { root } = units.options;
  let first = true;
  let status = 0;
  for (const name of found.names) {
    const unit = units.load(name);
    const { fragmentPath, dropInPaths } = unit;
    const unreadable = explain(unit.load);
    if (unreadable !== undefined && !isTemplate(name)) {
      await call.client.stdout(`${unreadable(name, palette.magenta)}\n`);
      continue;
    }
    // Of a template the manager knows nothing: systemctl looks for its file itself, in the usual places only.
    const isUnknown =
      isTemplate(name) && !systemSearchPath.some((directory) => fragmentPath.startsWith(`${directory}/`));
    if (isUnknown || (fragmentPath === '' && dropInPaths.length === 0)) {
      await complain(call, `No files found for ${name}.`);
      status = 1;
      continue;
    }
    const loaded = services.api?.isLoaded(name) === true ? services.api.view(name) : undefined;
    if (loaded?.needDaemonReload === true) {
      await complain(call, changedWarning(name), 'warning');
    }
    for (const path of [fragmentPath, ...dropInPaths]) {
      if (path === '') continue;
      const text = readUnitText(services.files, root, path);
      const body = text.kind === 'text' ? text.text : '';
      await call.client.stdout(`${first ? '' : '\n'}${palette.blue(`# ${shown(call, path)}`)}\n${shown(call, body)}`);
      if (text.kind === 'unreadable') await complain(call, `Failed to read ${path}: errno ${text.errno}`);
      first = false;
    }
  }
  return status;
}

/** Where systemctl ends its colour is part of what it prints. */
function explain(load: LoadState): ((name: string, paint: (text: string) => string) => string) | undefined {
  if (load === 'masked') return (name, paint) => `${paint(`# Unit ${name} is masked`)}.`;
  return load === 'error' ? (name, paint) => paint(`# Unit ${name} could not be loaded.`) : undefined;
}

function changedWarning(name: string): string {
  return `Warning: ${name} changed on disk, the loaded version is outdated: this is what the files say now. Run 'systemctl daemon-reload' to reload units.`;
}
