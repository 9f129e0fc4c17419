/** pidone's own verbs, and systemctl's under pidone's name. */
import { createGraph } from '../graph/digraph.ts';
import { planDot, planText } from '../graph/explain.ts';
import type { Scene } from '../graph/scene.ts';
import { buildTransaction } from '../graph/transaction/build.ts';
import { loadError } from '../graph/transaction/error.ts';
import { placeOf } from '../units/diagnostic.ts';
import type { Units } from '../units/load.ts';
import type { Unit } from '../units/model.ts';
import { mangleUnitName, type UnitName } from '../units/name.ts';
import type { ClientPort, Invocation, Services } from './port.ts';
import { pidoneHelp } from './render/help.ts';
import { harmless } from './render/text.ts';
import { runSystemctl, versionText } from './systemctl.ts';

export async function runPidone(services: Services, invocation: Invocation, client: ClientPort): Promise<number> {
  const [verb = '--help', ...words] = invocation.arguments;
  switch (verb) {
    case '--version':
      await client.stdout(versionText(services));
      return 0;
    case '--help':
    case '-h':
    case 'help':
      await client.stdout(pidoneHelp);
      return 0;
    case 'plan':
      return plan(services, words, client);
    case 'check':
      return check(services, words, client);
    default:
      return runSystemctl(services, invocation, client);
  }
}

/** The start transaction of a unit as if nothing ran yet: text, or --dot for Graphviz. */
async function plan(services: Services, words: readonly string[], client: ClientPort): Promise<number> {
  const isDot = words.includes('--dot');
  const [word, ...more] = words.filter((each) => each !== '--dot');
  if (word === undefined || more.length > 0) return refuse(client, 'Usage: pidone plan [--dot] UNIT');
  const name = mangleUnitName(word);
  if (name === undefined) return refuse(client, `Invalid unit name: ${word}`);
  const scene = sceneAtRest(services.units(), name);
  const built = buildTransaction(scene, { unit: scene.start, type: 'start', mode: 'replace' });
  if (!built.ok) return refuse(client, `Cannot start ${name}: ${built.error.message}`);
  await client.stdout((isDot ? planDot : planText)(scene.graph, built.transaction));
  return 0;
}

/** Diagnostics of units' files: 1 when one of them does not load. Without names, of all files. */
async function check(services: Services, words: readonly string[], client: ClientPort): Promise<number> {
  const units = services.units();
  let status = 0;
  const names = words.length > 0 ? words : [...units.directories.files.keys()].filter((name) => !name.includes('@.'));
  for (const word of names) {
    const name = mangleUnitName(word);
    if (name === undefined) {
      if (words.length > 0) status = await refuse(client, `Invalid unit name: ${word}`);
      continue;
    }
    const unit = units.load(name);
    for (const diagnostic of unit.diagnostics) {
      const { severity, message } = diagnostic;
      await client.stdout(`${harmless(placeOf(diagnostic))}: ${severity}: ${harmless(message)}\n`);
    }
    if (unit.load === 'loaded' || unit.load === 'masked') continue;
    status = 1;
    await client.stdout(`${harmless(name)}: ${unit.load}: ${harmless(unit.loadError)}\n`);
  }
  return status;
}

/** All that the unit leads to, loaded and at rest. */
function sceneAtRest(units: Units, name: UnitName): Scene & { readonly start: UnitName } {
  const graph = createGraph();
  const loaded = new Map<UnitName, Unit>();
  const real = (other: UnitName): UnitName => units.load(other).name;
  const pending = [real(name)];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (loaded.has(next)) continue;
    const unit = units.load(next);
    loaded.set(next, unit);
    graph.add(unit, real);
    for (const { on } of unit.dependencies) pending.push(real(on));
  }
  const unitOf = (other: UnitName): Unit => loaded.get(other) ?? units.load(other);
  return {
    start: real(name),
    graph,
    active: (unit) => (unitOf(unit).standIn?.active === true ? 'active' : 'inactive'),
    loadError(unit) {
      const { load, loadErrno } = unitOf(unit);
      return load === 'loaded' ? undefined : loadError(unit, load, loadErrno);
    },
    installed: () => undefined,
    canReload: (unit) => (unitOf(unit).service?.commands.ExecReload.length ?? 0) > 0,
    isPerpetual: (unit) => unit === '-.slice',
    allowsIsolate: (unit) => unitOf(unit).common.allowIsolate,
    ignoresIsolate: (unit) => unitOf(unit).common.ignoreOnIsolate,
    all: () => loaded.keys(),
  };
}

async function refuse(client: ClientPort, sentence: string): Promise<number> {
  await client.stderr(`${harmless(sentence)}\n`);
  return 1;
}
