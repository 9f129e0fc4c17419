/** Puts the assignments of one file into a draft. */
import { addDiagnostic, type Diagnostic, isFull, presentable } from './diagnostic.ts';
import { findDirective, isKeptAsText, type Section } from './directives.ts';
import { type Draft, own } from './draft.ts';
import type { LoadWorld } from './load-world.ts';
import type { UnitType } from './model.ts';
import { instanceOf, instantiate, isTemplate, prefixOf, type UnitName, unitType } from './name.ts';
import { fail, failBadly, type Progress } from './progress.ts';
import { type Assignment, parseFragment } from './syntax/fragment.ts';
import type { Part, Places } from './syntax/places.ts';
import { expandSpecifiers } from './syntax/specifiers.ts';
import { type ValueContext, type ValueKind, withArticle } from './value-kind.ts';

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

export function readAssignments(
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
  const reader = new Reader(world, name, draft, progress, file, fragment.places);
  const breaks = fragment.broken && file === progress.fragmentPath;
  let told = 0;
  /** What is wrong with lines themselves, in the order of the lines. */
  const tellUpTo = (line: number): void => {
    for (; told < fragment.diagnostics.length; told++) {
      const diagnostic = fragment.diagnostics[told];
      if (diagnostic === undefined || diagnostic.line > line) return;
      const { severity, message } = diagnostic;
      const isFatal = breaks && severity === 'error';
      const worded = isFatal ? { ...diagnostic, message: `${message}, the unit is not loaded (error)` } : diagnostic;
      addDiagnostic(progress.diagnostics, worded);
    }
  };
  for (const assignment of fragment.assignments) {
    if (told < fragment.diagnostics.length) tellUpTo(assignment.line);
    reader.read(assignment);
    // Nothing after it is read, so nothing of it can be wrong.
    if (reader.stopped) return;
  }
  tellUpTo(Infinity);
  // Of a drop-in only its own rest is lost.
  if (breaks) failBadly(progress, fragment.diagnostics.at(-1)?.message ?? '', fragment.errno ?? 'Bad message');
}

/** What is read of [Service] where nothing of it will be run: what dependencies follow from. */
const ordering: ReadonlySet<string> = new Set([
  'Type',
  'BusName',
  'Slice',
  'Sockets',
  'PrivateTmp',
  'DynamicUser',
  'StandardInput',
  'StandardOutput',
  'StandardError',
  'WorkingDirectory',
  'RootDirectory',
  'RuntimeDirectory',
  'StateDirectory',
  'CacheDirectory',
  'LogsDirectory',
  'ConfigurationDirectory',
]);

/** Puts assignments of one file into the draft. A class because it is the context of every value of the file. */
class Reader implements ValueContext {
  key = '';
  /** A value was refused: the rest of the file is not read, as systemd does not. */
  stopped = false;
  #line = 0;
  readonly #world: LoadWorld;
  readonly unit: UnitName;
  readonly #draft: Draft;
  readonly #progress: Progress;
  readonly file: string;
  readonly #places: Places;
  /** How often something wrong was told. */
  #tells = 0;

  constructor(world: LoadWorld, name: UnitName, draft: Draft, progress: Progress, file: string, places: Places) {
    this.#world = world;
    this.unit = name;
    this.#draft = draft;
    this.#progress = progress;
    this.file = file;
    this.#places = places;
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
    const tells = this.#tells;
    if (isKeptAsText(directive)) {
      const kind = this.#world.acceptedKind(directive.kind);
      const name = section === 'Socket' && key.startsWith('Listen') ? 'Listen' : (kind.keptAs ?? key);
      const after = kind.read(value, accepted.get(name), this);
      if (after === undefined && this.#tells === tells) this.#tellWrong(kind, value);
      if (after === undefined) return;
      if (after === '') accepted.delete(name);
      else accepted.set(name, after);
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
      if (this.#tells === tells) this.#tellWrong(kind, value);
      return;
    }
    const target = own(this.#draft, part) as unknown as Record<string, unknown>;
    target[field] = after;
    if (alsoField !== undefined) target[alsoField] = after;
  }

  #tellWrong({ what, fatal }: ValueKind<unknown>, value: string): void {
    const message = `Invalid value '${value}' of ${this.key}=: not ${withArticle(what)}`;
    if (fatal === true) this.refuse(message);
    else this.warn(`${message}; ignored`);
  }

  expand(text: string, flavour: 'names' | 'full') {
    const slice = this.#draft.accepted.get('Slice');
    const unit = { name: this.unit, fragmentPath: this.#progress.fragmentPath, slice };
    return expandSpecifiers(text, unit, this.#world.options.specifiers, flavour);
  }

  unitName(word: string): UnitName | undefined {
    const name = this.#world.parseName(word);
    return name === undefined ? undefined : fillTemplate(this.unit, name);
  }

  warn(message: string, part?: Part): void {
    this.#tell('warning', message, part);
  }

  refuse(message: string, part?: Part, load: 'bad-setting' | 'error' = 'bad-setting'): void {
    this.stopped = true;
    // Of a drop-in only its own rest is lost.
    if (this.file !== this.#progress.fragmentPath) {
      this.#tell('error', `${message}; the rest of the file is ignored`, part);
      return;
    }
    const rest = load === 'error' ? 'the rest of the file is ignored, ' : '';
    this.#tell('error', `${message}; ${rest}the unit is not loaded (${load})`, part);
    if (this.#progress.load !== 'loaded') return;
    if (load === 'error') failBadly(this.#progress, presentable(message), 'Invalid argument');
    else fail(this.#progress, load, presentable(message));
  }

  /** `part`: what of the assignment is meant; the piece of its value that the message names, unless told otherwise. */
  #tell(severity: Diagnostic['severity'], message: string, part: Part = { message }): void {
    this.#tells++;
    const { diagnostics } = this.#progress;
    if (isFull(diagnostics)) return;
    addDiagnostic(diagnostics, { severity, file: this.file, ...this.#places.part(this.#line, part), message });
  }
}

/** A template in a list of units means its instance of the same name as the unit that lists it. */
export function fillTemplate(unit: UnitName, name: UnitName): UnitName | undefined {
  if (!name.includes('@.') || !isTemplate(name)) return name;
  return instantiate(name, instanceOf(unit) ?? prefixOf(unit));
}
