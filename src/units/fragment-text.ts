/** From what aliases.ts found to the text of a unit's own file. */
import type { Fragmentary } from './aliases.ts';
import { addDiagnostic } from './diagnostic.ts';
import { readUnitText } from './files.ts';
import type { LoadWorld } from './load-world.ts';
import type { UnitName } from './name.ts';
import { fail, failBadly, type Progress } from './progress.ts';
import { isThereWithoutFile } from './stand-ins.ts';

/** The text of the fragment; undefined, and told in `progress`, when there is none to read. */
export function readFragment(world: LoadWorld, resolved: Fragmentary, progress: Progress): string | undefined {
  switch (resolved.kind) {
    case 'missing':
      if (!isThereWithoutFile(resolved.name)) fail(progress, 'not-found', `Unit ${resolved.name} not found`);
      return undefined;
    case 'masked':
      progress.fragmentPath = resolved.path;
      fail(progress, 'masked', `Unit ${resolved.name} is masked`);
      return undefined;
    case 'bad-alias':
      fail(progress, 'not-found', resolved.message);
      return undefined;
    case 'file': {
      const text = readUnitText(world.files, world.options.root, resolved.source);
      if (text.kind !== 'missing') progress.fragmentPath = resolved.path;
      if (text.kind === 'text') {
        progress.modified = text.modified;
        return text.text;
      }
      if (text.kind === 'null') fail(progress, 'masked', `Unit ${resolved.name} is masked`);
      else if (text.kind === 'missing') fail(progress, 'not-found', `Unit ${resolved.name} not found`);
      else {
        const why = errnoTexts[text.errno] ?? `errno ${text.errno}`;
        failBadly(progress, `${resolved.path} cannot be read: ${why}`, why);
      }
      return undefined;
    }
  }
}

/** No unit file, but something by the name of one: who put it there would wait for the unit in vain. */
export function tellWhatIsThere(world: LoadWorld, name: UnitName, progress: Progress): void {
  const tell = (file: string, message: string): void => {
    addDiagnostic(progress.diagnostics, {
      severity: 'warning',
      file,
      line: 0,
      column: 0,
      message: `${message}; ignored`,
    });
  };
  const strange = world.directories.strange.get(name);
  const entry = world.directories.files.get(name);
  if (strange !== undefined) tell(strange.path, `This is ${strange.what}`);
  else if (entry?.link !== undefined)
    tell(`${entry.directory}/${name}`, `This link leads to ${entry.link}, where no unit is`);
}

/** strerror(3) of what reading a file may give. */
const errnoTexts: Readonly<Record<number, string>> = {
  1: 'Operation not permitted',
  5: 'Input/output error',
  13: 'Permission denied',
  27: 'File too large',
  116: 'Stale file handle',
};
