/** The pure reader on Node: what `systemctl show` says of the units below a folder when nothing has been started. */
import * as rulesPart from '../../src/units/system-calls/rules.ts';
import { serve } from '../../src/ctl/serve.ts';
import type { ManagerApi } from '../../src/manager/api.ts';
import type { AnyDependencyKind } from '../../src/graph/dependency.ts';
import { createGraph } from '../../src/graph/digraph.ts';
import { isOrderedByTarget, isPulledByTarget } from '../../src/units/implicit.ts';
import { acceptedKindsOf } from '../../src/units/accepted-part.ts';
import { openUnits } from '../../src/units/load.ts';
import { specifiersOf } from '../../src/units/machine-specifiers.ts';
import type { Unit } from '../../src/units/model.ts';
import { parseUnitName, type UnitName } from '../../src/units/name.ts';
import { viewOf } from '../ctl/stage.ts';
import { fakeHost } from '../fake/host.ts';
import { parseShown, type Shown } from './shown.ts';

/** `root`: where the machine's files are; `alsoLoaded`: besides `names`, which are shown, and all that they name. */
export async function readerShows(
  root: string,
  searchPath: readonly string[],
  names: readonly string[],
  alsoLoaded: readonly string[],
): Promise<Shown> {
  const host = fakeHost({ directory: root, hostName: 'oracle' });
  const units = openUnits(host, {
    searchPath,
    root: '',
    specifiers: specifiersOf(host, [], 0),
    acceptedKinds: acceptedKindsOf(host),
  });
  const graph = createGraph();
  const real = (name: UnitName): UnitName => units.load(name).name;
  const loaded = new Map<UnitName, Unit>();
  const waiting = [...names, ...alsoLoaded].map((name) => parseUnitName(name)).filter((name) => name !== undefined);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const unit = units.load(name);
    if (loaded.has(unit.name)) continue;
    loaded.set(unit.name, unit);
    graph.add(unit, real);
    for (const { on } of unit.dependencies) waiting.push(on);
  }
  // As the manager does when both are there (loading.ts).
  for (const target of loaded.values()) {
    for (const { kind, on } of target.dependencies) {
      const other = units.load(on);
      if (isPulledByTarget(kind) && isOrderedByTarget(target, other)) graph.addAfter(target.name, other.name);
    }
  }
  // What `show` asks; anything else is a bug of this test.
  const api = {
    view: (name) => viewOf(units, name, {}),
    list: () => [...loaded.keys()].map((name) => viewOf(units, name, {})),
    isLoaded: (name) => loaded.has(name),
    dependencies: (name, property) => graph.related(name, property as AnyDependencyKind),
  } satisfies Partial<ManagerApi> as unknown as ManagerApi;
  let stdout = '';
  await serve({
    api,
    reach: 'absent',
    testCondition: undefined,
    face: {
      clock: () => host.clock(),
      hostName: () => host.hostName(),
      at: () => Promise.resolve(),
      changed: () => Promise.resolve(),
    },
    files: host,
    journal: host,
    journalRoot: '/nowhere',
    units: () => units,
    version: '0',
    load: (part) => (part === 'units/system-calls/rules.ts' ? rulesPart : undefined),
  })(
    {
      id: '',
      again: false,
      pid: 0,
      cursor: '',
      program: 'systemctl',
      arguments: ['show', '--all', '--', ...names],
      directory: '/',
      columns: 80,
      rows: 24,
      terminal: { stdin: false, stdout: false, stderr: false },
      environment: new Map(),
    },
    {
      stdout(text) {
        stdout += text;
        return Promise.resolve();
      },
      stderr: (text) => Promise.reject(new Error(text)),
      cursor: () => undefined,
      gone: new Promise(() => undefined),
      isGone: () => false,
      errand: () => undefined,
    },
  );
  return parseShown(stdout);
}
