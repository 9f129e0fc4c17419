/** Presets: what a distribution or an administrator wants to be enabled. man systemd.preset; systemd's src/shared/install.c. */
import { instanceOf, instantiate, isTemplate, parseUnitName, templateOf, type UnitName } from '../name.ts';
import { globPattern } from '../glob.ts';
import { strip } from '../syntax/lines.ts';
import { type InstallPlan, PlanDraft } from './change.ts';
import { InstallContext, type InstallWorld, loadAndFollow, onlyFollow, onlyLoad } from './context.ts';
import { errno } from './errno.ts';
import { planLinks } from './links.ts';
import { persistentDirectory, runtimeDirectory } from './paths.ts';
import { markForRemoval, planRemoval } from './removal.ts';
import type { InstallOptions } from './verbs.ts';

export type PresetMode = 'full' | 'enable-only' | 'disable-only';

interface PresetRule {
  readonly action: 'enable' | 'disable';
  readonly pattern: string;
  readonly matches: RegExp;
  /** Instances of a template that are to be enabled. */
  readonly instances: readonly string[] | undefined;
}

export type Presets = readonly PresetRule[];

const directories: readonly string[] = [
  '/etc/systemd/system-preset',
  '/run/systemd/system-preset',
  '/usr/local/lib/systemd/system-preset',
  '/usr/lib/systemd/system-preset',
  '/lib/systemd/system-preset',
];

/** All rules, those of the first file (by name, over all directories) first. Lines that are none are told to `remark`. */
export function readPresets({ tree }: InstallWorld, remark: (text: string) => void): Presets {
  const files = new Map<string, string>();
  for (const directory of directories) {
    const entries = tree.list(directory);
    for (const { name } of typeof entries === 'number' ? [] : entries) {
      if (name.endsWith('.preset') && !files.has(name)) files.set(name, `${directory}/${name}`);
    }
  }
  const rules: PresetRule[] = [];
  for (const name of [...files.keys()].sort()) {
    const path = files.get(name) ?? '';
    const text = tree.text(path);
    if (typeof text === 'number') continue;
    for (const [index, raw] of text.split('\n').entries()) {
      const line = strip(raw);
      if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
      const rule = readRule(line);
      if (rule === undefined) remark(`${tree.root}${path}:${index + 1}: Couldn't parse line '${line}'. Ignoring.`);
      else rules.push(rule);
    }
  }
  return rules;
}

function readRule(line: string): PresetRule | undefined {
  const match = /^(enable|disable)[ \t\r\n]+([^]*)$/.exec(line);
  if (match === null) return undefined;
  const [, action, rest = ''] = match;
  if (action === 'disable') return { action, pattern: rest, matches: globPattern(rest), instances: undefined };
  const [pattern = '', ...instances] = rest.split(/[ \t\r\n]+/);
  const name = parseUnitName(pattern);
  if (instances.length > 0 && (name === undefined || !isTemplate(name))) return undefined;
  return {
    action: 'enable',
    pattern,
    matches: globPattern(pattern),
    instances: instances.length > 0 ? instances : undefined,
  };
}

export interface PresetAnswer {
  readonly enable: boolean;
  /** Of a template whose rule names instances: those. */
  readonly instances: readonly UnitName[] | undefined;
}

/** What the rules say about a unit; without a rule it is to be enabled. `withInstances`: rules may name instances of a template. */
export function askPresets(presets: Presets, name: UnitName, withInstances: boolean): PresetAnswer {
  for (const rule of presets) {
    const instances = withInstances ? instancesOf(rule, name) : undefined;
    if (instances !== undefined)
      return { enable: rule.action === 'enable', instances: instances.length > 0 ? instances : undefined };
    if (rule.matches.test(name)) return { enable: rule.action === 'enable', instances: undefined };
  }
  return { enable: true, instances: undefined };
}

/** undefined: the rule names no instances, or not this one. */
function instancesOf({ pattern, instances }: PresetRule, name: UnitName): readonly UnitName[] | undefined {
  if (instances === undefined || templateOf(name) !== pattern) return undefined;
  if (!isTemplate(name)) return instances.includes(instanceOf(name) ?? '') ? [] : undefined;
  const names = instances.map((instance) => instantiate(name, instance));
  return names.every((each) => each !== undefined) ? names : undefined;
}

/** Enables and disables the named units as the rules say. */
export function planPreset(
  world: InstallWorld,
  words: readonly string[],
  options: InstallOptions,
  mode: PresetMode,
): InstallPlan {
  const run = new PresetRun(world);
  for (const word of words) {
    const problem = run.prepare(word);
    if (problem < 0) return run.plan.plan(problem);
  }
  return run.plan.plan(run.carryOut(options, mode));
}

/** The same for every file of the search path. */
export function planPresetAll(world: InstallWorld, options: InstallOptions, mode: PresetMode): InstallPlan {
  const run = new PresetRun(world);
  for (const directory of world.searchPath) {
    const entries = world.tree.list(directory);
    for (const { name, kind } of typeof entries === 'number' ? [] : entries) {
      if ((kind !== 'file' && kind !== 'symlink') || parseUnitName(name) === undefined) continue;
      const problem = run.prepare(name);
      if (problem < 0 && !passedOver.has(-problem)) return run.plan.plan(problem);
    }
  }
  return run.plan.plan(run.carryOut(options, mode));
}

/** What is wrong with one unit keeps no other from its preset. */
const passedOver: ReadonlySet<number> = new Set([
  errno.EEXIST,
  errno.ERFKILL,
  errno.EADDRNOTAVAIL,
  errno.EBADSLT,
  errno.EIDRM,
  errno.EUCLEAN,
  errno.ELOOP,
  errno.ENOENT,
  errno.EUNATCH,
  errno.EXDEV,
]);

/** Who is to be enabled and who to be disabled, before either is planned. */
class PresetRun {
  readonly plan = new PlanDraft();
  readonly #presets: Presets;
  readonly #plus: InstallContext;
  readonly #minus: InstallContext;

  constructor(world: InstallWorld) {
    this.#presets = readPresets(world, (text) => {
      this.plan.remark(text);
    });
    this.#plus = new InstallContext(world, this.plan);
    this.#minus = new InstallContext(world, this.plan);
  }

  /** Minus the errno that it fails with. */
  prepare(word: string): number {
    if (this.#plus.has(word) || this.#minus.has(word)) return 0;
    const info = this.#plus.fresh().discover(word, onlyFollow);
    if (typeof info === 'number') return info;
    // An alias has no preset of its own.
    if (info.name !== word) return 0;
    const { enable, instances } = askPresets(this.#presets, info.name, true);
    if (!enable) {
      const found = this.#minus.discover(word, onlyFollow);
      return typeof found === 'number' ? found : 0;
    }
    for (const name of instances ?? [word]) {
      const found = this.#plus.discoverAndCheck(name, loadAndFollow);
      if (typeof found === 'number') return found;
    }
    return 0;
  }

  carryOut({ runtime, force }: InstallOptions, mode: PresetMode): number {
    const directory = runtime ? runtimeDirectory : persistentDirectory;
    let result = 0;
    if (mode !== 'enable-only') result = planRemoval(this.#minus, markForRemoval(this.#minus), directory);
    if (mode === 'disable-only') return result;
    const made = planLinks(this.#plus, { directory, force, lenient: true }, onlyLoad);
    if (result < 0) return result;
    return made < 0 ? made : result + made;
  }
}
