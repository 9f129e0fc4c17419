/** Effects of types that have hands of their own: each set is made with the first effect of its type. */
import type { Host } from '../host.d.ts';
import type { Unit } from '../units/model.ts';
import { type UnitName, unitType } from '../units/name.ts';
import type { Log } from './log.ts';
import type { Hands, LoadOwnPart, OwnEffect, OwnEvent, OwnType } from './own-types.ts';

export interface OwnHands {
  run(unit: UnitName, effect: OwnEffect): void;
  changed(watch: number): void;
}

interface OwnHandsPorts {
  readonly host: Host;
  readonly log: Log;
  readonly load: LoadOwnPart;
  readonly unit: (name: UnitName) => Unit | undefined;
  readonly tell: (unit: UnitName, event: OwnEvent) => void;
}

export function createOwnHands(ports: OwnHandsPorts): OwnHands {
  const known = new Map<OwnType, Hands<OwnType>>();
  return {
    run(unit, effect) {
      // By its name: it may have been forgotten since, and leaves things to be put away.
      const type = unitType(unit) as OwnType;
      let hands = known.get(type);
      if (hands === undefined) known.set(type, (hands = ports.load(type).createHands(ports)));
      hands.run(unit, effect);
    },
    changed(watch) {
      for (const hands of known.values()) hands.changed(watch);
    },
  };
}
