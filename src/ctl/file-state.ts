/** What `status` and `show` say of a unit's file: enabled or not, and what presets want. */
import { askPresets, type Presets, readPresets } from '../units/install/preset.ts';
import { InstallStates, type UnitFileState } from '../units/install/state.ts';
import type { Unit } from '../units/model.ts';
import type { UnitName } from '../units/name.ts';
import type { Call } from './call.ts';
import { installWorld } from './carry-out.ts';
import type { ClientPort } from './port.ts';

export interface FileState {
  readonly state: UnitFileState;
  /** Whether presets enable it. */
  readonly preset: boolean;
}

interface Known {
  readonly states: InstallStates;
  readonly presets: Presets;
}

/** Directories are read once a command line. */
const knownOf = new WeakMap<ClientPort, Known>();

/** undefined for a unit without a file. */
export function fileStateOf(call: Pick<Call, 'client' | 'services'>, unit: Unit): FileState | undefined {
  const { name, fragmentPath } = unit;
  if (fragmentPath === '') return undefined;
  let known = knownOf.get(call.client);
  if (known === undefined) {
    const world = installWorld(call);
    known = { states: new InstallStates(world), presets: readPresets(world, () => undefined) };
    knownOf.set(call.client, known);
  }
  const file = fragmentPath.slice(fragmentPath.lastIndexOf('/') + 1) as UnitName;
  return { state: known.states.word(name), preset: askPresets(known.presets, file, false).enable };
}
