/** What sockets want of the world: descriptors, nodes of the file system, and who comes. */
import type { Errno, Host } from '../../host.d.ts';
import type { Unit } from '../../units/model.ts';
import type { UnitName } from '../../units/name.ts';
import { isNode, type Listen, socketSettings } from '../../units/socket-settings.ts';
import { encodeFrame } from '../../wire/codec.ts';
import type { Hands, HandsPorts } from '../own-types.ts';
import type { SocketEvent } from './event.ts';
import { type Owner, openFields } from './open-frame.ts';
import { firstConnection } from './state.ts';

type Failure = Extract<SocketEvent, { kind: 'open-failed' }>;

export function socketHands({ host, log, unit: unitOf, tell }: HandsPorts<'socket'>): Hands<'socket'> {
  const warn = (unit: UnitName, message: string): void => {
    log.unit(unit, 0, 'warning', message, undefined);
  };

  function frameOf(unit: Unit, listen: Listen, number: number, owner: Owner): Uint8Array | undefined {
    const fields = openFields(unit, listen, number, owner);
    return fields === undefined ? undefined : encodeFrame(host, 'openSocket', fields);
  }

  /** Why not all of it could be had; undefined: it could. */
  function open(unit: Unit, again: boolean): Failure | undefined {
    const held = again ? host.heldSockets() : [];
    const settings = socketSettings(unit);
    const owner = ownerOf(host, unit);
    for (const [number, listen] of settings.listen.entries()) {
      if (held.some((each) => each.unit === unit.name && each.number === number)) continue;
      const frame = frameOf(unit, listen, number, owner === 'unknown' ? nobody : owner);
      if (frame === undefined)
        return failure(unit.name, listen, 'create', 'the container has no such thing to listen on');
      const { errno, step, notices } = host.openSocket(frame);
      for (const notice of notices) warn(unit.name, notice);
      if (errno !== 0) return failure(unit.name, listen, step, `${host.errorText(errno)}${hint(errno, listen)}`);
    }
    if (owner === 'unknown')
      return {
        kind: 'open-failed',
        result: 'exit-code',
        why: `Failed at step USER: no user '${settings.user}' or group '${settings.group}' is known`,
      };
    // Whether all of it can be waited for comes to light now, not when the start is over.
    for (const number of again ? [] : settings.listen.keys()) {
      const errno = host.watchSocket(unit.name, number, true);
      host.watchSocket(unit.name, number, false);
      if (errno === undefined) continue;
      host.closeSockets(unit.name, 0, firstConnection - 1);
      return {
        kind: 'open-failed',
        result: 'resources',
        why: `Failed to watch listening fds: ${host.errorText(errno)}`,
      };
    }
    link(unit);
    return undefined;
  }

  function failure(name: UnitName, { kind, address }: Listen, step: string, why: string): Failure {
    host.closeSockets(name, 0, firstConnection - 1);
    const what = step === 'chown' ? `Failed to chown(): ${address}` : `${failures[kind] ?? sockets} (${address})`;
    return { kind: 'open-failed', result: step === 'chown' ? 'exit-code' : 'resources', why: `${what}: ${why}` };
  }

  /** The node that Symlinks= lead to: the only one that there is. */
  function nodeOf(unit: Unit): string | undefined {
    const nodes = socketSettings(unit).listen.filter(({ kind, address }) => isNode(kind) && address.startsWith('/'));
    return nodes.length === 1 ? nodes[0]?.address : undefined;
  }

  function link(unit: Unit): void {
    const { symlinks, removeOnStop } = socketSettings(unit);
    const node = nodeOf(unit);
    for (const path of node === undefined ? [] : symlinks) {
      makeParents(path);
      let error = host.makeSymlink(node ?? '', path);
      if (error === 17 && host.readLink(path) === node) continue;
      // Not what stands below it, should it be a directory (unlink() in systemd's socket_symlink()).
      if (error === 17 && removeOnStop) {
        host.remove(path);
        error = host.makeSymlink(node ?? '', path);
      }
      if (error !== undefined)
        warn(unit.name, `Failed to create symlink ${node ?? ''} → ${path}, ignoring: ${host.errorText(error)}`);
    }
  }

  function makeParents(path: string): void {
    for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1))
      host.makeDirectory(path.slice(0, at), 0o755);
  }

  function close(name: UnitName, nodes: readonly string[]): void {
    host.closeSockets(name, 0, firstConnection - 1);
    for (const path of nodes) host.remove(path);
  }

  function watch(unit: Unit, only: number | undefined, on: boolean): void {
    for (const number of socketSettings(unit).listen.keys()) {
      if (only !== undefined && only !== number) continue;
      const errno = host.watchSocket(unit.name, number, on);
      if (errno === undefined || !on) continue;
      tell(unit.name, { kind: 'watch-failed', why: `Failed to watch listening fds: ${host.errorText(errno)}` });
      return;
    }
  }

  function accept(unit: Unit, number: number, as: number): void {
    const listen = socketSettings(unit).listen[number];
    const frame = listen === undefined ? undefined : frameOf(unit, listen, number, nobody);
    if (frame === undefined) return;
    const who = host.acceptConnection(unit.name, number, as, frame);
    if (typeof who === 'string') tell(unit.name, { kind: 'connection', number: as, who });
    else if (who !== 11) tell(unit.name, { kind: 'accept-failed', why: host.errorText(who) });
  }

  return {
    run(name, effect) {
      if (effect.kind === 'close') close(name, effect.nodes);
      if (effect.kind === 'hang-up') host.closeSockets(name, effect.number, effect.number);
      const unit = unitOf(name);
      if (unit === undefined) return;
      switch (effect.kind) {
        case 'open':
          tell(name, open(unit, effect.again) ?? { kind: 'opened' });
          break;
        case 'watch':
          watch(unit, effect.number, effect.on);
          break;
        case 'flush':
          for (const number of socketSettings(unit).listen.keys()) host.flushSocket(name, number);
          break;
        case 'accept':
          accept(unit, effect.number, effect.as);
          break;
        default:
      }
    },
    changed: () => undefined,
  };
}

const nobody: Owner = { uid: undefined, gid: undefined };
const sockets = 'Failed to create listening socket';
const failures: Readonly<Partial<Record<Listen['kind'], string>>> = {
  FIFO: 'Failed to open FIFO',
  Special: 'Failed to open special file',
  MessageQueue: 'Failed to open message queue',
};

/** SocketUser=, SocketGroup=; the group of a user is its own, unless another is said. */
function ownerOf(host: Pick<Host, 'user' | 'group'>, unit: Unit): Owner | 'unknown' {
  const { user, group } = socketSettings(unit);
  const owner = user === '' ? undefined : host.user(user);
  const of = group === '' ? undefined : host.group(group);
  if ((user !== '' && owner === undefined) || (group !== '' && of === undefined)) return 'unknown';
  return { uid: owner?.uid, gid: of?.gid ?? owner?.gid };
}

/** What can be done about it. */
function hint(errno: Errno, { address }: Listen): string {
  switch (errno as number) {
    case 98:
      return '; another process has it (ss -lnp tells which)';
    case 13:
    case 1:
      return /^[/@]/.test(address)
        ? '; the user that the container runs as may not write there'
        : '; ports below 1024 need CAP_NET_BIND_SERVICE, which the container lacks';
    case 99:
      return '; no interface has this address (FreeBind=yes does not mind)';
    case 40:
    case 20:
      return '; a link on the way that others could have put there is not followed';
    case 24:
      return '; LimitNOFILE of the container is too low';
    default:
      return '';
  }
}
