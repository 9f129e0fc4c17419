import { type UnitName, unitType } from './name.ts';

/** Why pidone never starts the unit `name` though it has a file, or stands in for it without one; '' for a unit like any other. */
export function standInReason(name: UnitName): string {
  switch (unitType(name)) {
    case 'mount':
    case 'automount':
    case 'swap':
      return "the container's engine mounts";
    case 'device':
      return 'a container has no devices of its own';
    default:
      return '';
  }
}
