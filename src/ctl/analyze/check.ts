import { placeOf } from '../../units/diagnostic.ts';
import { mangleUnitName, type UnitName } from '../../units/name.ts';
import { sceneAtRest } from '../at-rest.ts';
import type { ClientPort, Invocation, Services } from '../port.ts';
import { harmless } from '../render/text.ts';
import { whatIsNotHonoured } from './honour.ts';
import { openNamedFiles } from './named-files.ts';
import { verifyUnit } from './verify-unit.ts';

/**
 * pidone check [UNIT|FILE…]: what `systemd-analyze verify` tells, and what this container will not honour, and why; on stdout,
 * one line each. 1 when a unit does not load. Without names: all unit files.
 */
export async function check(
  services: Services,
  invocation: Invocation,
  words: readonly string[],
  client: ClientPort,
): Promise<number> {
  let status = 0;
  const all = [...services.units().directories.files.keys()].filter((name) => !name.includes('@.'));
  // What has a slash is a file, as for verify.
  const { units, names, wrong } = openNamedFiles(
    services,
    invocation.directory,
    words.filter((word) => word.includes('/')),
  );
  const others = (words.length > 0 ? words.filter((word) => !word.includes('/')) : all).map(
    (word) => [word, mangleUnitName(word)] as const,
  );
  const say = (place: string, severity: string, message: string): Promise<void> =>
    client.stdout(`${harmless(place)}: ${severity}: ${harmless(message)}\n`);
  for (const word of [...wrong, ...others.filter(([, name]) => name === undefined).map(([each]) => each)]) {
    if (words.length === 0) continue;
    status = 1;
    await client.stderr(`${harmless(`Invalid unit name: ${word}`)}\n`);
  }
  const known = others.map(([, name]) => name).filter((name): name is UnitName => name !== undefined);
  for (const name of [...names, ...known]) {
    if (client.isGone()) break;
    const unit = units.load(name);
    for (const each of unit.diagnostics) await say(placeOf(each), each.severity, each.message);
    if (unit.load === 'masked') continue;
    if (unit.load !== 'loaded') {
      status = 1;
      await client.stdout(`${harmless(name)}: ${unit.load}: ${harmless(unit.loadError)}\n`);
      continue;
    }
    const wishes = { plan: words.length > 0, man: false };
    for (const finding of verifyUnit(services, units, sceneAtRest(units, unit.name), wishes))
      await say(finding.unit, finding.wrong ? 'error' : 'warning', finding.message);
    for (const note of whatIsNotHonoured(services, units, unit)) await say(note.place, 'note', note.message);
  }
  return status;
}
