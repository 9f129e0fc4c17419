import type { AcceptedKinds } from './accepted-kinds.ts';
import { collectAliases, namesOf, resolveName } from './aliases.ts';
import { addDiagnostic } from './diagnostic.ts';
import { forgetDirectives } from './directives.ts';
import { type Draft, newDraft, own } from './draft.ts';
import { findDropIns } from './drop-ins.ts';
import { readUnitDirectories, readUnitText, type UnitDirectories, type UnitFilesPort } from './files.ts';
import { finishUnit } from './finish.ts';
import { readFragment, tellWhatIsThere } from './fragment-text.ts';
import type { LoadWorld, UnitsOptions } from './load-world.ts';
import type { Unit } from './model.ts';
import { isTemplate, parseUnitName, type UnitName } from './name.ts';
import { failBadly, newProgress, type Progress } from './progress.ts';
import { fillTemplate, readAssignments } from './reader.ts';
import { findStandIn, inOurWay, ownWants } from './stand-ins.ts';
import { findLinkedDependencies } from './wants.ts';

export type { UnitsOptions } from './load-world.ts';

/** The unit files of a machine as they were when first asked for, or first after a rest. */
export interface Units {
  /** The unit of that name (an alias gives the real one; a template is never `loaded`). Never throws on what a file says; reads each unit once, until a rest. */
  load(name: UnitName): Unit;
  readonly directories: UnitDirectories;
  readonly options: UnitsOptions;
  readonly files: UnitFilesPort;
  /** Nothing more is to be loaded for now: gives back what only loading needs. The next load sees the files as they are then. */
  rest(): void;
}

export function openUnits(files: UnitFilesPort, options: UnitsOptions): Units {
  const loaded = new Map<UnitName, Unit>();
  const known = new Map<string, UnitName>();
  let directories: UnitDirectories | undefined;
  let world: LoadWorld | undefined;
  let kinds: AcceptedKinds | undefined;
  const lookUp = (): UnitDirectories => (directories ??= readUnitDirectories(files, options.root, options.searchPath));
  return {
    files,
    options,
    get directories() {
      return lookUp();
    },
    load(name) {
      const before = loaded.get(name);
      if (before !== undefined) return before;
      world ??= {
        files,
        options,
        directories: lookUp(),
        aliases: collectAliases(lookUp()),
        parseName(word) {
          const before = known.get(word);
          if (before !== undefined) return before;
          const name = parseUnitName(word);
          if (name !== undefined) known.set(word, name);
          return name;
        },
        acceptedKind(name) {
          kinds ??= options.acceptedKinds();
          return kinds[name];
        },
      };
      const unit = loadUnit(world, name);
      const other = loaded.get(unit.name) ?? unit;
      for (const each of other.names) loaded.set(each, other);
      loaded.set(name, other);
      return other;
    },
    rest() {
      if (directories === undefined) return;
      directories = undefined;
      world = undefined;
      kinds = undefined;
      known.clear();
      loaded.clear();
      forgetDirectives();
    },
  };
}

function loadUnit(world: LoadWorld, asked: UnitName): Unit {
  const found = resolveName(world.directories, asked);
  const resolved = world.options.whole === true ? found : inOurWay(found);
  const { name } = resolved;
  const names = namesOf(world.aliases, name);
  const progress = newProgress();
  const draft = newDraft(name);
  const fragment = readFragment(world, resolved, progress);
  if (progress.load === 'not-found') tellWhatIsThere(world, asked, progress);
  if (world.options.whole !== true) progress.standIn = findStandIn(name, progress.fragmentPath);
  // In systemd's package most have none: what comes before sysinit.target may come after them.
  const isThereByItself = progress.load === 'loaded' && fragment === undefined && progress.standIn !== undefined;
  if (isThereByItself && /\.(?:service|socket)$/.test(name)) own(draft, 'common').defaultDependencies = false;
  if (isTemplate(name)) failBadly(progress, `Unit name ${name} is missing the instance name`, 'Invalid argument');
  if (fragment !== undefined) readAssignments(world, name, draft, progress, progress.fragmentPath, fragment);
  if (progress.load === 'loaded' || progress.load === 'masked') {
    for (const path of findDropIns(world.files, world.options.root, world.directories, names)) {
      // systemd lists those of a masked unit, too.
      if (progress.load === 'masked') progress.dropInPaths.push(path);
      else readDropIn(world, name, draft, progress, path);
    }
  }
  if (progress.load === 'loaded') {
    const { files, options, directories } = world;
    const resolve = (on: UnitName): UnitName | undefined => fillTemplate(name, on);
    draft.dependencies.push(...findLinkedDependencies(files, options.root, directories, names, resolve));
    if (options.whole !== true) draft.dependencies.push(...ownWants(name, files, options.root));
  }
  return finishUnit(name, names, draft, progress, (other) => world.directories.files.has(other));
}

function readDropIn(world: LoadWorld, name: UnitName, draft: Draft, progress: Progress, path: string): void {
  const text = readUnitText(world.files, world.options.root, path);
  // One that takes others away is listed too, as systemd lists it.
  if (text.kind === 'null' || text.kind === 'text') progress.dropInPaths.push(path);
  if (text.kind === 'text') {
    progress.modified = Math.max(progress.modified, text.modified);
    readAssignments(world, name, draft, progress, path, text.text);
  } else if (text.kind === 'unreadable') {
    const message = `Drop-in cannot be read (errno ${text.errno}); ignored`;
    addDiagnostic(progress.diagnostics, { severity: 'warning', file: path, line: 0, column: 0, message });
  }
}
