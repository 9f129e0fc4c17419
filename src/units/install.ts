/**
 * What enable, disable, mask and unmask change: symlinks as data, and what systemctl says about them. Nothing is done here
 * before applyPlan(). Source: systemd's src/shared/install.c; man systemctl.
 */
import { resolveLink, resolveName } from './aliases.ts';
import {
  type InstalledLink,
  installedLinks,
  isLinkOf,
  persistentDirectory,
  runtimeDirectory,
} from './install-state.ts';
import type { FailedChange, InstallPort } from './files.ts';
import type { Units } from './load.ts';
import type { InstallSettings } from './model.ts';
import { instantiate, isTemplate, parseUnitName, type UnitName, unitType } from './name.ts';

export type InstallChange =
  | { readonly kind: 'symlink'; readonly path: string; readonly target: string }
  | { readonly kind: 'remove'; readonly path: string };

export interface InstallPlan {
  /** In order; paths without the root. */
  readonly changes: readonly InstallChange[];
  /** What systemctl prints on stderr, changes and warnings in their order. */
  readonly lines: readonly string[];
  /** An error ended the planning: systemctl's return code is 1. The changes before it are made nevertheless. */
  readonly failed: boolean;
  /** Some unit has an [Install] section that says something; else `enable` explains that it has not. */
  readonly hasInstallInfo: boolean;
}

export interface InstallOptions {
  readonly runtime: boolean;
  /** Links that point elsewhere are replaced. */
  readonly force: boolean;
}

export function planEnable(units: Units, names: readonly UnitName[], options: InstallOptions): InstallPlan {
  const draft = new PlanDraft(units, options);
  const waiting = [...names];
  const seen = new Set<UnitName>();
  for (let name = waiting.shift(); name !== undefined && !draft.failed; name = waiting.shift()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const also of enableOne(units, draft, name)) waiting.push(also);
  }
  return draft.plan();
}

export function planDisable(units: Units, names: readonly UnitName[], options: InstallOptions): InstallPlan {
  const draft = new PlanDraft(units, options);
  const waiting = [...names];
  const marked = new Set<UnitName>();
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    if (marked.has(name)) continue;
    const resolved = resolveName(units.directories, name);
    if (resolved.kind === 'missing' || resolved.kind === 'bad-alias') {
      // Links of a unit that was removed can still be taken away.
      if (!draft.links.some((link) => isLinkOf(link, resolved.name))) {
        // No failure for systemctl: its return code is 0.
        draft.say(`Failed to disable unit, unit ${name} does not exist.`);
        return draft.plan();
      }
    } else if (resolved.kind === 'masked') {
      draft.say(`Unit ${draft.shown(resolved.path)} is masked, ignoring.`);
    }
    marked.add(name).add(resolved.name);
    const { install } = units.load(name);
    draft.hasInstallInfo ||= saysSomething(install);
    for (const also of install.also) pushName(waiting, also);
  }
  draft.removeLinks((link) => [...marked].some((name) => isLinkOf(link, name)));
  return draft.plan();
}

export function planMask(units: Units, names: readonly UnitName[], options: InstallOptions): InstallPlan {
  const draft = new PlanDraft(units, options);
  for (const name of names) draft.link(`${draft.directory}/${name}`, '/dev/null', 'mask');
  return draft.plan();
}

export function planUnmask(units: Units, names: readonly UnitName[], options: InstallOptions): InstallPlan {
  const draft = new PlanDraft(units, options);
  draft.removeLinks(({ path, target, directory }) => {
    return target === '/dev/null' && names.some((name) => path === `${directory}/${name}`);
  });
  return draft.plan();
}

/** Makes the changes; directories come and go as needed. The first error, with its path, or undefined. */
export function applyPlan(port: InstallPort, root: string, plan: InstallPlan): FailedChange | undefined {
  for (const [done, change] of plan.changes.entries()) {
    const path = root + change.path;
    if (change.kind === 'symlink') {
      makeParents(port, path);
      const errno = port.makeSymlink(change.target, path);
      if (errno !== undefined) return { path, errno, done };
      continue;
    }
    const errno = port.remove(path);
    if (errno !== undefined && errno !== 2) return { path, errno, done };
    const parent = path.slice(0, path.lastIndexOf('/'));
    // An emptied .wants directory goes too; one that is not empty stays by itself.
    if (/\.(wants|requires)$/.test(parent)) port.removeDirectory(parent);
  }
  return undefined;
}

function makeParents(port: Pick<InstallPort, 'makeDirectory'>, path: string): void {
  for (let slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
    port.makeDirectory(path.slice(0, slash), 0o755);
  }
}

/** The links of one unit; returns the units that Also= names. */
function enableOne(units: Units, draft: PlanDraft, name: UnitName): readonly UnitName[] {
  const resolved = resolveName(units.directories, name);
  if (resolved.kind === 'missing' || resolved.kind === 'bad-alias') {
    draft.fail(`Failed to enable unit, unit ${name} does not exist.`);
    return [];
  }
  if (resolved.kind === 'masked') {
    draft.fail(`Failed to enable unit, unit ${draft.shown(resolved.path)} is masked.`);
    return [];
  }
  if (resolved.name !== name) {
    draft.fail(`Failed to enable unit, refusing to operate on linked unit file ${name}.`);
    return [];
  }
  const { install, load, loadErrno } = units.load(name);
  if (load === 'error' && !isTemplate(name)) {
    draft.fail(`Failed to enable unit, file "${name}": ${loadErrno}`);
    return [];
  }
  draft.hasInstallInfo ||= saysSomething(install);
  const also: UnitName[] = [];
  for (const other of install.also) pushName(also, other);
  const installed =
    isTemplate(name) && install.defaultInstance !== '' ? instantiate(name, install.defaultInstance) : name;
  if (installed === undefined) {
    draft.fail(`Failed to enable ${name}, invalid DefaultInstance= '${install.defaultInstance}'.`);
    return also;
  }
  let cannotAlias: string | undefined;
  for (const alias of install.alias) {
    const parsed = parseUnitName(alias);
    if (parsed === undefined || unitType(parsed) !== unitType(name)) {
      cannotAlias = `Failed to enable unit, cannot alias ${name} as ${alias}.`;
    } else draft.link(`${draft.directory}/${parsed}`, resolved.path, 'enable');
  }
  for (const [suffix, targets] of [
    ['.wants', install.wantedBy],
    ['.requires', install.requiredBy],
  ] as const) {
    for (const target of targets) {
      const parsed = parseUnitName(target);
      if (parsed === undefined) continue;
      if (isTemplate(installed) && !isTemplate(parsed)) {
        draft.fail(`Failed to enable ${name}, destination unit ${target} is a non-template unit.`);
        return also;
      }
      draft.link(`${draft.directory}/${parsed}${suffix}/${installed}`, resolved.path, 'enable');
      if (!draft.failed && resolveName(units.directories, parsed).kind === 'missing') {
        draft.say(`Unit ${draft.shown(resolved.path)} is added as a dependency to a non-existent unit ${target}.`);
      }
    }
  }
  if (cannotAlias !== undefined) draft.fail(cannotAlias);
  return also;
}

/** A plan while it is made. */
class PlanDraft {
  readonly directory: typeof persistentDirectory | typeof runtimeDirectory;
  readonly links: readonly InstalledLink[];
  failed = false;
  hasInstallInfo = false;
  readonly #units: Units;
  readonly #force: boolean;
  readonly #changes: InstallChange[] = [];
  readonly #lines: string[] = [];

  constructor(units: Units, { runtime, force }: InstallOptions) {
    this.#units = units;
    this.#force = force;
    this.directory = runtime ? runtimeDirectory : persistentDirectory;
    this.links = installedLinks(units);
  }

  /** A path as systemctl names it: with the root. */
  shown(path: string): string {
    return path.startsWith('builtin:') ? path : this.#units.options.root + path;
  }

  say(line: string): void {
    this.#lines.push(line);
  }

  fail(line: string): void {
    this.failed = true;
    this.#lines.push(line);
  }

  link(path: string, target: string, verb: 'enable' | 'mask'): void {
    if (this.failed || this.#changes.some((change) => change.kind === 'symlink' && change.path === path)) return;
    const there = this.#units.files.readLink(this.#units.options.root + path);
    if (typeof there === 'string') {
      const now = resolveLink(path.slice(0, path.lastIndexOf('/')), there);
      // An own copy of the file in /etc, or a link to another copy, is the same unit.
      if (
        now === target ||
        (verb === 'enable' && path.includes('.target.') && now.endsWith(path.slice(path.lastIndexOf('/'))))
      )
        return;
      if (!this.#force) {
        this.fail(`Failed to ${verb} unit, file ${this.shown(path)} already exists and is a symlink to ${now}.`);
        return;
      }
      this.#remove(path);
    } else if (typeof this.#units.files.status(this.#units.options.root + path) !== 'number') {
      this.fail(`Failed to ${verb} unit, file ${this.shown(path)} already exists.`);
      return;
    }
    this.#changes.push({ kind: 'symlink', path, target });
    this.say(`Created symlink ${this.shown(path)} → ${target}.`);
  }

  /** Those of the configuration directory that is worked on; without --runtime of both. */
  removeLinks(chosen: (link: InstalledLink) => boolean): void {
    for (const link of this.links) {
      if (link.directory === this.directory && chosen(link)) this.#remove(link.path);
    }
  }

  plan(): InstallPlan {
    const { failed, hasInstallInfo } = this;
    return { changes: this.#changes, lines: this.#lines, failed, hasInstallInfo };
  }

  #remove(path: string): void {
    this.#changes.push({ kind: 'remove', path });
    this.say(`Removed "${this.shown(path)}".`);
  }
}

function saysSomething({ alias, wantedBy, requiredBy, also }: InstallSettings): boolean {
  return alias.length + wantedBy.length + requiredBy.length + also.length > 0;
}

function pushName(list: UnitName[], text: string): void {
  const name = parseUnitName(text);
  if (name !== undefined) list.push(name);
}
