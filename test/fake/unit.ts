/** Units for tests, made from a few words instead of files. */
import { defaults } from '../../src/units/draft.ts';
import { kindNames } from '../../src/graph/dependency.ts';
import type { CommonSettings, Dependency, DependencyKind, Unit, UnitType } from '../../src/units/model.ts';
import type { Microseconds, UnitName } from '../../src/units/name.ts';

export function name(text: string): UnitName {
  return (text.includes('.') ? text : `${text}.service`) as UnitName;
}

export function usec(value: number): Microseconds {
  return value as Microseconds;
}

const common: CommonSettings = {
  ...defaults.common,
  defaultDependencies: false,
  jobRunningTimeout: usec(Infinity),
};

export interface UnitWords {
  readonly dependencies?: readonly Dependency[];
  readonly common?: Partial<CommonSettings>;
  readonly load?: Unit['load'];
  readonly names?: readonly UnitName[];
}

/** A unit without files; a name without a suffix is a service. */
export function makeUnit(unitName: string, words: UnitWords = {}): Unit {
  const real = name(unitName);
  return {
    name: real,
    names: words.names ?? [real],
    type: real.slice(real.lastIndexOf('.') + 1) as UnitType,
    load: words.load ?? 'loaded',
    loadError: '',
    loadErrno: '',
    standIn: undefined,
    fragmentPath: `/units/${real}`,
    dropInPaths: [],
    modified: 0,
    diagnostics: [],
    dependencies: words.dependencies ?? [],
    common: { ...common, ...words.common },
    service: undefined,
    timer: undefined,
    path: undefined,
    socket: undefined,
    install: { alias: [], wantedBy: [], requiredBy: [], upheldBy: [], also: [], defaultInstance: '' },
    accepted: new Map(),
  };
}

/**
 * Units from lines such as `a: Requires=b,c After=b StopWhenUnneeded`. Words without `=` set a flag of the unit: not-found,
 * masked, bad-setting, isolate (AllowIsolate=), stays (IgnoreOnIsolate=), unneeded (StopWhenUnneeded=).
 */
export function unitsFrom(text: string): Unit[] {
  const units: Unit[] = [];
  for (const line of text.split('\n')) {
    const [head, rest] = line.split(':', 2);
    if (head === undefined || head.trim() === '') continue;
    units.push(unitFrom(head.trim(), (rest ?? '').trim().split(/\s+/).filter(Boolean)));
  }
  return units;
}

function unitFrom(unitName: string, words: readonly string[]): Unit {
  const dependencies: Dependency[] = [];
  let load: Unit['load'] = 'loaded';
  let settings: Partial<CommonSettings> = {};
  for (const word of words) {
    const [key, value] = word.split('=', 2);
    if (value !== undefined) {
      const kind = kindNames.find((known) => known === key) satisfies DependencyKind | undefined;
      if (kind === undefined) throw new Error(`no such dependency: ${word}`);
      for (const on of value.split(',')) dependencies.push({ kind, on: name(on), origin: 'file' });
    } else if (word === 'not-found' || word === 'masked' || word === 'bad-setting') load = word;
    else if (word === 'isolate') settings = { ...settings, allowIsolate: true };
    else if (word === 'stays') settings = { ...settings, ignoreOnIsolate: true };
    else if (word === 'unneeded') settings = { ...settings, stopWhenUnneeded: true };
    else throw new Error(`no such word: ${word}`);
  }
  return makeUnit(unitName, { dependencies, load, common: settings });
}
