/** The system bus of the container, for units with BusName= and for those that it asks for: loaded with the first of them that starts, or with dbus.service. */
import type { Host } from '../../host.d.ts';
import { parseUnitName, type UnitName } from '../../units/name.ts';
import type { Core } from '../core.ts';
import { onlyByDependency } from '../by-hand.ts';
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

  /** The bus is a unit of ours that is up: one of the host's, or of another container, has an init of its own to ask. */
  function isOurs(): boolean {
    return records.get(daemon())?.unit.load === 'loaded' && mayConnect();
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
    if (owners !== undefined || (units.size === 0 && !isOurs()) || !mayConnect()) return;
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
        if (isOurs()) owners.serve();
        send();
        return;
      }
    }
    complain(`Cannot ask the system bus for the owners of names: ${why}`);
  }

  /** The bus hears of it if the unit does not come: who waits for its name would else wait for half a minute. */
  function start(text: string): void {
    const refuse = (code: string, message: string): void => {
      // What is not ASCII cannot be told.
      owners?.refuse(text, `org.freedesktop.systemd1.${code}`, message.replace(/[^ -~]/g, '?'));
    };
    const name = parseUnitName(text);
    if (name === undefined) return;
    const { unit } = core.load(name);
    const failed = (why: string): void => refuse('JobFailed', `${unit.name} ${why}`);
    if (unit.standIn?.active === false) {
      failed(`is not run in a container: ${unit.standIn.reason}`);
      return;
    }
    // As systemd has it: who asks the bus is no dependency (signal_activation_request()).
    const job = unit.common.refuseManualStart
      ? ({ ok: false, error: onlyByDependency(unit.name) } as const)
      : core.enqueue('start', unit.name, 'replace', 'dependency');
    if (!job.ok) {
      refuse(job.error.code, job.error.message);
      return;
    }
    core.whenEnded(job.value, ({ result }) => {
      const record = records.get(unit.name);
      const sub = record === undefined ? 'dead' : core.machine.activeState(record.unit, record.state);
      if (result !== 'done') failed(`cannot be started (${result}); see systemctl status ${unit.name}`);
      else if (sub === 'inactive') failed(`was skipped; see systemctl status ${unit.name}`);
      send();
    });
  }

  function hear(news: BusNews): void {
    if (news.kind === 'wanted') {
      start(news.unit);
      return;
    }
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
      if (unit !== daemon()) return;
      owners?.serve();
      if (owners === undefined) connect();
      else send();
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
