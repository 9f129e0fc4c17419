import { loadSentence } from '../render/load-error.ts';
import { placeOf } from '../../units/diagnostic.ts';
import type { Unit } from '../../units/model.ts';
import type { UnitName } from '../../units/name.ts';
import { sceneAtRest } from '../at-rest.ts';
import { type AnalyzeCall, refuse } from './call.ts';
import { complain } from '../call.ts';
import { openNamedFiles } from './named-files.ts';
import { verifyUnit } from './verify-unit.ts';

/**
 * verify FILE[:NAME]…: what is wrong with the files and with all that they lead to, on stderr. 1 when one of the units cannot be
 * loaded or started, or one of its commands or manual pages is not there; with --recursive-errors= also for what is only told: `yes` in any
 * unit, `one` and `no` in those named (and `no` plans no start).
 */
export async function verify(call: AnalyzeCall): Promise<number> {
  const { services, options, words, invocation } = call;
  if (options.scope !== 'system')
    return refuse(call, `pidone manages the system only: --${options.scope} cannot be served.`);
  const named = openNamedFiles(services, invocation.directory, words);
  const { units } = named;
  const { root } = units.options;
  const man = options.man ?? hasManualReader(call, root);
  if (options.generators)
    await complain(
      call,
      'pidone runs generators when it boots and reloads: what they made then is looked at',
      'warning',
    );
  let status = 0;
  const fail = async (sentence: string): Promise<void> => {
    status = 1;
    await complain(call, sentence);
  };
  for (const word of named.wrong) await fail(`Failed to prepare filename ${word}: Invalid argument`);
  const told = new Set<UnitName>();
  /** What reading a unit's files has to say, once. */
  const tell = async (unit: Unit): Promise<void> => {
    if (told.has(unit.name)) return;
    told.add(unit.name);
    for (const each of unit.diagnostics)
      await complain(call, `${placeOf({ ...each, file: root + named.nameOf(each.file) })}: ${each.message}`, 'warning');
  };
  const startable: Unit[] = [];
  for (const name of named.names) {
    const unit = units.load(name);
    await tell(unit);
    if (unit.load === 'loaded') startable.push(unit);
    else await fail(loadSentence(unit));
  }
  for (const unit of startable) {
    const scene = sceneAtRest(units, unit.name);
    for (const other of scene.units) await tell(other);
    for (const finding of verifyUnit(services, units, scene, {
      plan: options.recursiveErrors !== 'no',
      man,
    })) {
      const sentence = `${finding.unit}: ${finding.message}`;
      if (finding.wrong) await fail(sentence);
      else await complain(call, sentence, 'warning');
    }
  }
  if (status !== 0 || options.recursiveErrors === undefined) return status;
  const counting = options.recursiveErrors === 'yes' ? [...told].map((name) => units.load(name)) : startable;
  // What is about a line; a unit as a whole that cannot be loaded counts by being named or needed.
  return counting.some(({ diagnostics }) => diagnostics.some(({ line }) => line > 0)) ? 1 : 0;
}

/** systemd-analyze runs man(1) for every page; images mostly have neither it nor pages. */
function hasManualReader({ services }: AnalyzeCall, root: string): boolean {
  return ['/usr/bin/man', '/usr/local/bin/man', '/bin/man'].some(
    (path) => services.files.access(root + path, 1) === undefined,
  );
}
