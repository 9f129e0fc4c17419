/** The system bus of the container, for units with BusName=: loaded with the first of them that starts. */
import type { Host } from '../../host.d.ts';
import type { UnitName } from '../../units/name.ts';
import type { Core } from '../core.ts';
import type { Log } from '../log.ts';
import { defaultAddress, parseBusAddress } from './address.ts';
import { type BusNews, type BusOwners, createBusOwners } from './owners.ts';

export interface Bus {
  /** Its owner is told from now on, to one unit a name: the last that asked. */
  watch(unit: UnitName, name: string): void;
  /** A unit is active: it may be the bus. */
  cameUp(unit: UnitName): void;
  /** Event `stream`. */
  received(bytes: Uint8Array): void;
}

/** A bus that closes a connection so soon is not asked again by itself; usec. */
const soon = 1_000_000;

/** `address`: DBUS_SYSTEM_BUS_ADDRESS. `uid`: pidone's own. */
export function createBus(host: Host, core: Core, log: Log, uid: number, address: string | undefined): Bus {
  const { records, names } = core.world;
  const units = new Map<string, UnitName>();
  let owners: BusOwners | undefined;
  let connectedAt = 0;
  let complaint = '';

  /** Once in a row. */
  function complain(text: string): void {
    if (text !== complaint) log.manager('warning', text);
    complaint = text;
  }

  function send(): void {
    for (const bytes of owners?.send() ?? []) host.sendStream(bytes);
  }

  function daemon(): UnitName {
    const name = 'dbus.service' as UnitName;
    return names.get(name) ?? name;
  }

  /** Not when it is a unit that is down: it would be started by whoever connects. */
  function mayConnect(): boolean {
    const bus = records.get(daemon());
    return bus?.unit.load !== 'loaded' || /^(active|reloading)$/.test(core.machine.activeState(bus.unit, bus.state));
  }

  /** Who could be anybody in the container is not believed. */
  function isTrusted(peer: number): boolean {
    return peer === 0 || peer === uid || peer === host.user('messagebus')?.uid;
  }

  function connect(): void {
    if (owners !== undefined || units.size === 0 || !mayConnect()) return;
    let why = `there is no address for it in ${address ?? ''}`;
    for (const name of parseBusAddress(address ?? defaultAddress)) {
      const peer = host.connectStream(name);
      if (peer < 0) {
        why = `${name}: ${host.errorText(-peer as never)}`;
      } else if (!isTrusted(peer)) {
        host.closeStream();
        why = `${name} belongs to uid ${peer}, which is neither root nor messagebus`;
      } else {
        connectedAt = host.clock().monotonic;
        owners = createBusOwners(uid);
        for (const wanted of units.keys()) owners.watch(wanted);
        send();
        return;
      }
    }
    complain(`Cannot ask the system bus for the owners of names: ${why}`);
  }

  function hear(news: BusNews): void {
    const unit = news.kind === 'owner' ? units.get(news.name) : undefined;
    if (news.kind === 'owner') {
      complaint = '';
      if (unit !== undefined && records.get(unit)?.unit.service?.busName === news.name)
        core.feed({ kind: 'unit', unit, event: { kind: 'bus-owner', owned: news.owner !== undefined } });
    } else if (news.kind === 'notice') {
      complain(`The system bus: ${news.text}`);
    } else {
      complain(`The system bus is not to be understood and left alone: ${news.why}`);
      host.closeStream();
      owners = undefined;
    }
  }

  return {
    watch(unit, name) {
      units.set(name, unit);
      owners?.watch(name);
      if (owners === undefined) connect();
      else send();
    },
    cameUp(unit) {
      if (unit === daemon()) connect();
    },
    received(bytes) {
      if (bytes.length === 0) {
        const again = owners?.isUp() === true && host.clock().monotonic - connectedAt > soon;
        owners = undefined;
        if (again) connect();
        return;
      }
      for (const news of owners?.receive(bytes) ?? []) hear(news);
      send();
    },
  };
}
