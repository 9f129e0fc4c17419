/** What a unit starts, where it lies and what of it may be cleaned, for `show`. */
import { isOn } from '../../units/collector.ts';
import type { Unit } from '../../units/model.ts';
import type { UnitName } from '../../units/name.ts';
import type { ManagedCall } from '../call.ts';
import { constant, list, type Property, property } from './property.ts';

/** Slice=, and of a slice the units that are in it. */
export function sliceProperties(call: ManagedCall, unit: Unit): readonly Property[] {
  const slice = constant('Slice', sliceOf(unit) ?? '');
  if (unit.type !== 'slice') return [slice];
  const { api } = call;
  const isWithin = (name: UnitName): boolean => sliceOf(api.view(name).unit) === unit.name;
  return [slice, property('SliceOf', () => list(api.dependencies(unit.name, 'RequiredBy').filter(isWithin)))];
}

/** The slice that a unit requires by itself. */
function sliceOf({ dependencies }: Unit): UnitName | undefined {
  return dependencies.find(
    ({ kind, on, origin }) => kind === 'Requires' && origin === 'implicit' && on.endsWith('.slice'),
  )?.on;
}

/** Unit= of timers and paths, and the names that a socket's descriptors have. */
export function triggerProperties(unit: Unit): readonly Property[] {
  switch (unit.type) {
    case 'timer':
    case 'path':
      return [constant('Unit', unit.dependencies.find(({ kind }) => kind === 'Triggers')?.on ?? '')];
    case 'socket':
      return unit.accepted.has('FileDescriptorName') ? [] : [constant('FileDescriptorName', unit.name)];
    default:
      return [];
  }
}

/** CanClean=: the kinds of directories that `systemctl clean` may empty. */
export function cleanProperty({ service, type, accepted }: Unit): Property {
  const kinds = ['runtime', 'state', 'cache', 'logs', 'configuration'] as const;
  const stamped = type === 'timer' && isOn(accepted, 'Persistent') ? 'state' : '';
  const own: string[] = kinds.filter((kind) => (service?.exec.directories[kind].paths.length ?? 0) > 0);
  if ((service?.fileDescriptorStoreMax ?? 0) > 0) own.push('fdstore');
  return constant('CanClean', own.length === 0 ? stamped : own.join(' '));
}
