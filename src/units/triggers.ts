/** What a socket, a timer or a path starts: man systemd.timer and its like; config_parse_trigger_unit() in systemd's src/core/load-fragment.c. */
import { type Collector, isOn } from './collector.ts';
import type { Draft } from './draft.ts';
import { parseUnitName, stemOf, type UnitName, unitType } from './name.ts';

/** It comes after what starts it. A socket that accepts each connection for itself starts instances, whose names nobody knows yet. */
export function addTriggers(found: Collector, name: UnitName, draft: Draft): void {
  const type = unitType(name);
  if (type === 'socket' && isOn(draft.accepted, 'Accept')) return;
  const named = parseUnitName(draft.accepted.get(type === 'socket' ? 'Service' : 'Unit') ?? '');
  const started = named === undefined || unitType(named) === type ? `${stemOf(name)}.service` : named;
  found.add('implicit', started, 'Before', 'Triggers');
}

/** Why systemd would not load the unit (LoadState=bad-setting), or undefined: socket_verify(), timer_verify(), path_verify(). */
export function explainBadTrigger(name: UnitName, accepted: ReadonlyMap<string, string>): string | undefined {
  const has = (keys: string): boolean => keys.split(' ').some((key) => (accepted.get(key) ?? '') !== '');
  switch (unitType(name)) {
    case 'socket':
      return has('Listen')
        ? explainBadSocket(accepted)
        : 'Socket has no Listen setting (ListenStream=, ListenDatagram=, ListenFIFO=, ...)';
    case 'timer':
      return has('Timers') || ['OnClockChange', 'OnTimezoneChange'].some((key) => isOn(accepted, key))
        ? undefined
        : 'Timer lacks a setting of when it elapses (OnCalendar=, OnBootSec=, ...)';
    case 'path':
      return has('Paths') ? undefined : 'Path lacks a setting of what is watched (PathExists=, PathChanged=, ...)';
    default:
      return undefined;
  }
}

/** A node of the file system, which Symlinks= can lead to. */
const node = /^(?:Stream|Datagram|SequentialPacket|FIFO) \//;

function explainBadSocket(accepted: ReadonlyMap<string, string>): string | undefined {
  const listens = (accepted.get('Listen') ?? '').split('\n');
  if (isOn(accepted, 'Accept')) {
    if (!listens.every((each) => /^Stream|^SequentialPacket/.test(each)))
      return 'Accept=yes, but of what it listens on no connection can be accepted';
    if (accepted.get('MaxConnections') === '0') return 'MaxConnections=0 lets nobody in';
    if ((accepted.get('Service') ?? '') !== '') return 'Accept=yes starts instances of its own template, not Service=';
  }
  return (accepted.get('Symlinks') ?? '') === '' || listens.filter((each) => node.test(each)).length === 1
    ? undefined
    : 'Symlinks= needs exactly one node in the file system to lead to';
}
