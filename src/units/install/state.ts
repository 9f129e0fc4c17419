/** Whether a unit is enabled, and how: systemd's unit_file_lookup_state() in src/shared/install.c; man systemctl, "is-enabled". */
import { instantiate, isTemplate, parseUnitName, templateOf, type UnitName } from '../name.ts';
import { type InstallRemark, PlanDraft } from './change.ts';
import { InstallContext, type InstallWorld, loadAndFollow } from './context.ts';
import { type InstallInfo, isInstance, ruleCount } from './info.ts';
import { baseOf, isGenerated, isRuntimeDirectory, isTransient, isWithin, persistentDirectory } from './paths.ts';

export type UnitFileState =
  | 'enabled'
  | 'enabled-runtime'
  | 'linked'
  | 'linked-runtime'
  | 'alias'
  | 'masked'
  | 'masked-runtime'
  | 'static'
  | 'indirect'
  | 'disabled'
  | 'generated'
  | 'transient'
  | 'bad';

export interface FoundState {
  /** The state, or the errno that looking for the file ended with. */
  readonly state: Exclude<UnitFileState, 'bad'> | number;
  readonly remarks: readonly InstallRemark[];
}

/** Answers for many units of one world: what is linked where is read once. */
export class InstallStates {
  readonly #world: InstallWorld;
  #directories: readonly LinkDirectory[] | undefined;

  constructor(world: InstallWorld) {
    this.#world = world;
  }

  of(name: UnitName): FoundState {
    const plan = new PlanDraft();
    const info = new InstallContext(this.#world, plan).discoverQuietly(name, loadAndFollow);
    const state = typeof info === 'number' ? -info : this.#stateOf(name, info);
    return { state, remarks: plan.remarks };
  }

  /** The same in a word. */
  word(name: UnitName): UnitFileState {
    const { state } = this.of(name);
    return typeof state === 'number' ? 'bad' : state;
  }

  /** Every name that has a file in the search path, each once, in no order. What is built in is no file. */
  names(): readonly UnitName[] {
    const names = new Set<UnitName>();
    for (const directory of this.#world.searchPath) {
      const entries = this.#world.tree.list(directory);
      for (const { name, kind } of typeof entries === 'number' ? [] : entries) {
        const parsed = kind === 'file' || kind === 'symlink' ? parseUnitName(name) : undefined;
        if (parsed !== undefined) names.add(parsed);
      }
    }
    return [...names];
  }

  #stateOf(asked: UnitName, info: InstallInfo): Exclude<UnitFileState, 'bad'> {
    if (info.mode === 'masked') return isRuntimeDirectory(info.path) ? 'masked-runtime' : 'masked';
    if (asked !== baseOf(info.path) && !isInstance(info.name)) return 'alias';
    if (isGenerated(info.path)) return 'generated';
    if (isTransient(info.path)) return 'transient';
    const enabled = this.#linkedState(info, (link) => isKnownName(info, link));
    if (enabled !== undefined) return enabled;
    // Used by another name than those of its [Install] section.
    if (this.#linkedState(info, () => true) !== undefined) return 'indirect';
    if (ruleCount(info) > 0) return 'disabled';
    return info.also.length > 0 ? 'indirect' : 'static';
  }

  /** What links whose name is `wanted` make of the unit. */
  #linkedState(
    info: InstallInfo,
    wanted: (link: string) => boolean,
  ): 'enabled' | 'enabled-runtime' | 'static' | 'linked' | 'linked-runtime' | undefined {
    let isEnabledRuntime = false;
    let isEnabledElsewhere = false;
    let linked: 'linked' | 'linked-runtime' | undefined;
    // Links below the unit's own file are overridden by it.
    let isBelow = false;
    for (const directory of this.#links()) {
      const { enables, sameName } = looksEnabled(directory, info, isBelow, wanted);
      const { path } = directory;
      if (enables) {
        if (path === persistentDirectory) return 'enabled';
        if (isRuntimeDirectory(path)) isEnabledRuntime = true;
        else isEnabledElsewhere = true;
      } else if (sameName) {
        if (path === persistentDirectory) linked = 'linked';
        else if (isRuntimeDirectory(path)) linked ??= 'linked-runtime';
      }
      isBelow ||= isWithin(info.path, path);
    }
    if (isEnabledRuntime) return 'enabled-runtime';
    if (isEnabledElsewhere && isInstance(info.name)) return 'static';
    return linked;
  }

  #links(): readonly LinkDirectory[] {
    this.#directories ??= this.#world.searchPath.map((path) => readLinks(this.#world, path));
    return this.#directories;
  }
}

/** The symlinks of one directory of the search path, by the names that they could be looked for. */
interface LinkDirectory {
  readonly path: string;
  /** In NAME.wants and its like: by their own name, and an instance by its template's. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  /** In the directory itself: by their own name, and by that of what they point to. */
  readonly aliases: ReadonlyMap<string, readonly TopLink[]>;
}

interface TopLink {
  readonly name: string;
  readonly target: string;
}

function readLinks({ tree }: InstallWorld, path: string): LinkDirectory {
  const dependencies = new Map<string, string[]>();
  const aliases = new Map<string, TopLink[]>();
  const entries = tree.list(path);
  for (const { name, kind } of typeof entries === 'number' ? [] : entries) {
    if (kind === 'symlink') {
      const target = tree.link(`${path}/${name}`);
      if (typeof target === 'number') continue;
      const link = { name, target: baseOf(target) };
      append(aliases, name, link);
      if (link.target !== name) append(aliases, link.target, link);
    } else if (kind === 'directory' && /\.(?:wants|requires|upholds)$/.test(name)) {
      const inside = tree.list(`${path}/${name}`);
      for (const link of typeof inside === 'number' ? [] : inside) {
        if (link.kind !== 'symlink') continue;
        append(dependencies, link.name, link.name);
        const unit = parseUnitName(link.name);
        const template = unit === undefined ? undefined : templateOf(unit);
        if (template !== undefined && template !== link.name) append(dependencies, template, link.name);
      }
    }
  }
  return { path, dependencies, aliases };
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function looksEnabled(
  { dependencies, aliases }: LinkDirectory,
  info: InstallInfo,
  isBelow: boolean,
  wanted: (link: string) => boolean,
): { readonly enables: boolean; readonly sameName: boolean } {
  if ((dependencies.get(info.name) ?? []).some(wanted)) return { enables: true, sameName: false };
  let sameName = false;
  for (const { name, target } of aliases.get(info.name) ?? []) {
    const byName = name === info.name && !isBelow;
    const byTarget = target === info.name;
    if (byName && byTarget) sameName = true;
    else if ((byName || byTarget) && wanted(name)) return { enables: true, sameName };
  }
  return { enables: false, sameName };
}

/** A name that the unit's [Install] section would give a link. */
function isKnownName({ name, aliases, defaultInstance }: InstallInfo, link: string): boolean {
  if (link === name || aliases.includes(link)) return true;
  return isTemplate(name) && defaultInstance !== undefined && instantiate(name, defaultInstance) === link;
}
