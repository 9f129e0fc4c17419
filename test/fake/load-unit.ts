/** A unit from the text of its file, as the real loader makes it. */
import { acceptedKindsOf } from '../../src/units/accepted-part.ts';
import { openUnits } from '../../src/units/load.ts';
import { specifiersOf } from '../../src/units/machine-specifiers.ts';
import type { Unit } from '../../src/units/model.ts';
import type { UnitName } from '../../src/units/name.ts';
import { fakeHost } from './host.ts';

export function loadUnit(text: string, name = 'x.service'): Unit {
  const host = fakeHost({ files: { [`/etc/systemd/system/${name}`]: text } });
  const units = openUnits(host, {
    searchPath: ['/etc/systemd/system'],
    root: '',
    specifiers: specifiersOf(host, [], 0),
    acceptedKinds: acceptedKindsOf(host),
  });
  return units.load(name as UnitName);
}
