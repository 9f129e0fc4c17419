/** Instances that a socket with Accept=yes starts, one for each connection; and which descriptors of sockets a command is given. */
import type { HostSockets, PassedSocket } from '../host.d.ts';
import { atoms } from '../graph/dependency.ts';
import type { Dependency, ExecSlot, Unit } from '../units/model.ts';
import type { UnitName } from '../units/name.ts';
import type { Connection, UnitRecord, World } from './world.ts';
import { readPeer } from './peer.ts';

/** The instance as it is with its connection: it says who is at the other end, and is told of to its socket (service_set_socket_fd()). */
export function withConnection(unit: Unit, { socket, who }: Connection): Unit {
  if (unit.dependencies.some(({ kind, on }) => kind === 'TriggeredBy' && on === socket)) return unit;
  const { pretty } = readPeer(who);
  const { description } = unit.common;
  const links = (['TriggeredBy', 'After'] as const).map((kind): Dependency => ({
    kind,
    on: socket,
    origin: 'implicit',
  }));
  return {
    ...unit,
    common: pretty === '' ? unit.common : { ...unit.common, description: `${description} (${pretty})` },
    dependencies: [...unit.dependencies, ...links],
  };
}

/** $REMOTE_ADDR, $REMOTE_PORT */
export function connectionVariables(record: UnitRecord | undefined): readonly string[] {
  return record?.connection === undefined ? [] : readPeer(record.connection.who).variables;
}

/** What is passed to a command, in the order of service_collect_fds(): the connection, or what all its sockets listen on. */
export function passedSockets(
  world: World,
  host: Pick<HostSockets, 'heldSockets'>,
  name: UnitName,
  phase: ExecSlot,
): readonly PassedSocket[] {
  const record = world.records.get(name);
  if (record === undefined) return none;
  if (record.unit.socket !== undefined) {
    const passes = record.unit.accepted.get('PassFileDescriptorsToExec') === 'yes' && phase !== 'ExecStartPre';
    return passes ? listenersOf(world, host, [name]) : none;
  }
  if (phase !== 'ExecStart') return none;
  const { connection } = record;
  if (connection !== undefined) {
    const { socket, number } = connection;
    const isHeld = host.heldSockets().some((held) => held.unit === socket && held.number === number);
    return isHeld ? [{ unit: socket, number, name: 'connection' }] : none;
  }
  const sockets: UnitName[] = [];
  for (const other of world.graph.neighbours(name))
    if ((other.atoms & atoms.triggeredBy) !== 0 && world.records.get(other.name)?.state.type === 'socket')
      sockets.push(other.name);
  return sockets.length === 0 ? none : listenersOf(world, host, sockets.sort());
}

function listenersOf(
  world: World,
  host: Pick<HostSockets, 'heldSockets'>,
  sockets: readonly UnitName[],
): readonly PassedSocket[] {
  const held = host.heldSockets();
  return sockets.flatMap((unit) => {
    const called = world.records.get(unit)?.unit.accepted.get('FileDescriptorName') ?? '';
    return held
      .filter((each) => each.unit === unit && each.number < 65_536)
      .sort((one, other) => one.number - other.number)
      .map(({ number }) => ({ unit, number, name: called === '' ? unit : called }));
  });
}

const none: readonly PassedSocket[] = [];

/** What an earlier manager has left that nobody knows: taken in and died before it was written down. To be closed. */
export function strayDescriptors(
  world: World,
  host: Pick<HostSockets, 'heldSockets'>,
): readonly { readonly unit: string; readonly number: number }[] {
  return host.heldSockets().filter(({ unit, number }) => {
    const record = world.records.get(unit as UnitName);
    if (record?.state.type !== 'socket') return true;
    const { sub, connections } = record.state.own;
    if (number >= 65_536) return !connections.some((each) => each.number === number);
    return (sub === 'dead' || sub === 'failed') && record.job === undefined;
  });
}
