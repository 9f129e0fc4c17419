import { collectAliases, type Fragmentary, namesOf, resolveName } from './aliases.ts';
import { addDiagnostic, type Diagnostic } from './diagnostic.ts';
import { findDirective, forgetDirectives, type Section } from './directives.ts';
import { type Draft, newDraft, own } from './draft.ts';
import { findDropIns } from './drop-ins.ts';
import { readUnitDirectories, readUnitText, type UnitDirectories, type UnitFilesPort } from './files.ts';
import { finishUnit } from './finish.ts';
import type { LoadState, StandIn, Unit, UnitType } from './model.ts';
import { findStandIn, isThereWithoutFile } from './stand-ins.ts';
import { instanceOf, instantiate, isTemplate, parseUnitName, prefixOf, type UnitName, unitType } from './name.ts';
import { type Assignment, parseFragment } from './syntax/fragment.ts';
import { skipBlanks } from './syntax/words.ts';
import { expandSpecifiers, type SpecifierContext } from './syntax/specifiers.ts';
import type { ValueContext } from './value-kind.ts';
import { findLinkedDependencies } from './wants.ts';

export interface UnitsOptions {
  /** Absolute directories, best first: search-path.ts. */
  readonly searchPath: readonly string[];
  /** Before every path that is read: '' or the argument of --root. */
  readonly root: string;
  readonly specifiers: SpecifierContext;
}

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
      known.clear();
      loaded.clear();
      forgetDirectives();
    },
  };
}

interface LoadWorld {
  readonly files: UnitFilesPort;
  readonly options: UnitsOptions;
  readonly directories: UnitDirectories;
  readonly aliases: ReadonlyMap<UnitName, readonly UnitName[]>;
  parseName(word: string): UnitName | undefined;
}

/** What became of the files of a unit so far. */
interface Progress {
  load: LoadState;
  loadError: string;
  loadErrno: string;
  modified: number;
  fragmentPath: string;
  standIn: StandIn | undefined;
  readonly dropInPaths: string[];
  readonly diagnostics: Diagnostic[];
}

function loadUnit(world: LoadWorld, asked: UnitName): Unit {
  const resolved = resolveName(world.directories, asked);
  const { name } = resolved;
  const names = namesOf(world.aliases, name);
  const progress: Progress = {
    load: 'loaded',
    loadError: '',
    loadErrno: '',
    modified: 0,
    fragmentPath: '',
    standIn: undefined,
    dropInPaths: [],
    diagnostics: [],
  };
  const draft = newDraft(unitType(name));
  const fragment = readFragment(world, resolved, progress);
  if (progress.load === 'not-found') tellWhatIsThere(world, asked, progress);
  progress.standIn = findStandIn(name, progress.fragmentPath);
  if (isTemplate(name)) failBadly(progress, `Unit name ${name} is missing the instance name`, 'Invalid argument');
  if (fragment !== undefined) readAssignments(world, name, draft, progress, progress.fragmentPath, fragment);
  if (progress.load === 'loaded') {
    for (const path of findDropIns(world.files, world.options.root, world.directories, names)) {
      readDropIn(world, name, draft, progress, path);
    }
    const { files, options, directories } = world;
    const resolve = (on: UnitName): UnitName | undefined => fillTemplate(name, on);
    draft.dependencies.push(...findLinkedDependencies(files, options.root, directories, names, resolve));
  }
  return finishUnit(name, names, draft, progress);
}

/** The text of the fragment; undefined, and told in `progress`, when there is none to read. */
function readFragment(world: LoadWorld, resolved: Fragmentary, progress: Progress): string | undefined {
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
      const text = readUnitText(world.files, world.options.root, resolved.path);
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
function tellWhatIsThere(world: LoadWorld, name: UnitName, progress: Progress): void {
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

function fail(progress: Progress, load: Exclude<LoadState, 'error'>, message: string): void {
  progress.load = load;
  progress.loadError = message;
}

function failBadly(progress: Progress, message: string, errno: string): void {
  progress.load = 'error';
  progress.loadError = message;
  progress.loadErrno = errno;
}

/** strerror(3) of what reading a file may give. */
const errnoTexts: Readonly<Record<number, string>> = {
  1: 'Operation not permitted',
  5: 'Input/output error',
  13: 'Permission denied',
  27: 'File too large',
  116: 'Stale file handle',
};

function readDropIn(world: LoadWorld, name: UnitName, draft: Draft, progress: Progress, path: string): void {
  const text = readUnitText(world.files, world.options.root, path);
  if (text.kind === 'text') {
    progress.dropInPaths.push(path);
    progress.modified = Math.max(progress.modified, text.modified);
    readAssignments(world, name, draft, progress, path, text.text);
  } else if (text.kind === 'unreadable') {
    const message = `Drop-in cannot be read (errno ${text.errno}); ignored`;
    addDiagnostic(progress.diagnostics, { severity: 'warning', file: path, line: 0, column: 0, message });
  }
}

const sectionOfType: Readonly<Partial<Record<UnitType, Section>>> = {
  service: 'Service',
  socket: 'Socket',
  timer: 'Timer',
  path: 'Path',
  mount: 'Mount',
  automount: 'Automount',
  swap: 'Swap',
  slice: 'Slice',
  scope: 'Scope',
};

/** Made when first needed. */
const sectionsOfType: Partial<Record<UnitType, ReadonlySet<string>>> = {};

function sectionsOf(type: UnitType): readonly string[] {
  const own = sectionOfType[type];
  return own === undefined ? ['Unit', 'Install'] : ['Unit', 'Install', own];
}

function readAssignments(
  world: LoadWorld,
  name: UnitName,
  draft: Draft,
  progress: Progress,
  file: string,
  text: string,
): void {
  const type = unitType(name);
  const sections = (sectionsOfType[type] ??= new Set(sectionsOf(type)));
  const fragment = parseFragment(file, text, sections);
  for (const diagnostic of fragment.diagnostics) addDiagnostic(progress.diagnostics, diagnostic);
  const reader = new Reader(world, name, draft, progress, file, text);
  for (const assignment of fragment.assignments) reader.read(assignment);
  // Of a drop-in only its own rest is lost.
  if (fragment.broken && file === progress.fragmentPath) {
    failBadly(progress, fragment.diagnostics.at(-1)?.message ?? '', 'Bad message');
  }
}

/** What is read of [Service] where nothing of it will be run: what dependencies follow from. */
const ordering: ReadonlySet<string> = new Set([
  'Type',
  'BusName',
  'Slice',
  'Sockets',
  'PrivateTmp',
  'StandardOutput',
  'StandardError',
  'StateDirectory',
  'CacheDirectory',
  'LogsDirectory',
]);

/** Puts assignments of one file into the draft. A class because it is the context of every value of the file. */
class Reader implements ValueContext {
  key = '';
  #line = 0;
  readonly #world: LoadWorld;
  readonly #name: UnitName;
  readonly #draft: Draft;
  readonly #progress: Progress;
  readonly #file: string;
  readonly #text: string;
  #physical: readonly string[] | undefined;

  constructor(world: LoadWorld, name: UnitName, draft: Draft, progress: Progress, file: string, text: string) {
    this.#world = world;
    this.#name = name;
    this.#draft = draft;
    this.#progress = progress;
    this.#file = file;
    this.#text = text;
  }

  read({ section, key, value, line }: Assignment): void {
    if (this.#progress.standIn !== undefined && section === 'Service' && !ordering.has(key)) return;
    this.key = key;
    this.#line = line;
    const directive = findDirective(section as Section, key);
    if (directive === undefined) {
      if (!key.startsWith('X-')) {
        this.#tell('warning', `Unknown key '${key}' in section [${section}]; ignored`, 'key');
      }
      return;
    }
    const { accepted } = this.#draft;
    if (directive.status !== 'done') {
      const before = accepted.get(key);
      accepted.set(key, before === undefined || value === '' ? value : `${before} ${value}`);
      return;
    }
    const { kind, part, field, alsoField } = directive;
    if (part === 'dependencies') {
      kind.read(value, this.#draft.dependencies, this);
      return;
    }
    // row() in directives.ts has checked that the kind's value is the field's.
    const before = (this.#draft[part] as unknown as Record<string, unknown>)[field];
    const after = kind.read(value, before, this);
    if (after === undefined && !(value === '' && kind.unset)) {
      this.warn(`Invalid value '${value}' of ${key}=: not a ${kind.what}; ignored`);
      return;
    }
    const target = own(this.#draft, part) as unknown as Record<string, unknown>;
    target[field] = after;
    if (alsoField !== undefined) target[alsoField] = after;
  }

  expand(text: string, flavour: 'names' | 'full') {
    const unit = { name: this.#name, fragmentPath: this.#progress.fragmentPath };
    return expandSpecifiers(text, unit, this.#world.options.specifiers, flavour);
  }

  unitName(word: string): UnitName | undefined {
    const name = this.#world.parseName(word);
    return name === undefined ? undefined : fillTemplate(this.#name, name);
  }

  warn(message: string): void {
    this.#tell('warning', message);
  }

  refuse(message: string): void {
    this.#tell('error', message);
    if (this.#progress.load === 'loaded') fail(this.#progress, 'bad-setting', message);
  }

  /** `at`: the place in the line that is meant. */
  #tell(severity: Diagnostic['severity'], message: string, at: 'key' | 'value' = 'value'): void {
    this.#physical ??= this.#text.split('\n');
    const line = this.#physical[this.#line - 1] ?? '';
    const begin = at === 'key' ? 0 : line.indexOf('=') + 1;
    addDiagnostic(this.#progress.diagnostics, {
      severity,
      file: this.#file,
      line: this.#line,
      column: skipBlanks(line, begin) + 1,
      message,
    });
  }
}

/** A template in a list of units means its instance of the same name as the unit that lists it. */
function fillTemplate(unit: UnitName, name: UnitName): UnitName | undefined {
  if (!name.includes('@.') || !isTemplate(name)) return name;
  return instantiate(name, instanceOf(unit) ?? prefixOf(unit));
}
