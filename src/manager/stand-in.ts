/** A unit starts another one by itself that only stands in (units/stand-ins.ts): nobody is there whom systemctl could tell that nothing comes of it. */
import { unitType, type UnitName } from '../units/name.ts';
import { type Engine, log } from './engine.ts';

/** In the log of the one that starts, once the job is queued. */
export function tellStandIn(engine: Engine, by: UnitName, name: UnitName): void {
  const { names, records } = engine.world;
  const standIn = records.get(names.get(name) ?? name)?.unit.standIn;
  if (standIn !== undefined && unitType(name) !== 'slice')
    log(engine, by, 'notice', `${name} is not run in a container: ${standIn.reason}.`);
}
