/**
 * Clients of the control socket: a request frame becomes an Invocation, what the faces write becomes frames. A client
 * that does not read makes its own verb wait and nobody else.
 */
import type { ClientPort, Handler, Invocation } from '../ctl/port.ts';
import type { Errand, HostEffect, HostEvent } from '../host.d.ts';
import { decodeFrame, encodeFrame, isWireError, type TextCodec } from '../wire/codec.ts';
import type { FrameBody } from '../wire/schema.ts';
import { defer, type Deferred } from './deferred.ts';

export interface Clients {
  handle(event: HostEvent): void;
  /** What they are to get, in order. */
  flush(effects: HostEffect[]): void;
}

export interface ClientsPorts {
  readonly text: TextCodec;
  /** Loads the faces; called at the first request. */
  load(): Handler;
  /** Somebody asks, or asks again. */
  asked(id: string): void;
  /** The request has its answer. */
  answered(id: string): void;
  tell(message: string): void;
}

interface Connection {
  readonly id: number;
  readonly pid: number;
  busy: boolean;
  /** Nothing can be sent any more. */
  gone: boolean;
  /** Its request is to end: the connection is gone, or somebody pressed Ctrl-C there and still waits for the status. */
  leaving: boolean;
  leave(): void;
  /** Bytes since the last `client-drained`. */
  sent: number;
  /** Resolved by the next `client-drained`. */
  drained: Deferred | undefined;
}

/** ClientHighWater of host.d.ts: more than this brings a `client-drained`. */
const highWater = 65536;
/** Characters of one frame: what fits into a message even when each takes three bytes. */
const longestText = 16384;

export function createClients(ports: ClientsPorts): Clients {
  const { text } = ports;
  const connections = new Map<number, Connection>();
  const out: HostEffect[] = [];
  /** Requests whose answer is in `out`. */
  const finished: string[] = [];
  let serve: Handler | undefined;

  function send(connection: Connection, bytes: Uint8Array): void {
    if (connection.gone) return;
    connection.sent += bytes.length;
    out.push({ kind: 'to-client', client: connection.id, bytes });
  }

  function write(connection: Connection, name: 'stdout' | 'stderr', data: string): Promise<void> {
    for (let at = 0; at < data.length;) {
      const end = cutAt(data, at);
      send(connection, encodeFrame(text, name, { data: text.encode(data.slice(at, end)) }));
      at = end;
    }
    if (connection.gone || connection.sent <= highWater) return done;
    connection.drained ??= defer();
    return connection.drained.promise;
  }

  function finish(connection: Connection, invocation: Invocation, status: number, errand: Errand | undefined): void {
    const last =
      errand === undefined
        ? encodeFrame(text, 'status', { status })
        : encodeFrame(text, 'errand', { ...errand, cursor: text.encode(errand.cursor) });
    send(connection, last);
    end(connection);
    finished.push(invocation.id);
  }

  /** Nothing more is heard of who was told so: no `client-closed` comes. */
  function end(connection: Connection): void {
    if (connection.gone) return;
    connection.gone = true;
    connections.delete(connection.id);
    out.push({ kind: 'end-client', client: connection.id });
  }

  function refuse(connection: Connection, why: string): void {
    ports.tell(why);
    end(connection);
    leave(connection);
  }

  function request(connection: Connection, body: FrameBody<'request'>): void {
    if (connection.busy) return;
    connection.busy = true;
    const gone = defer();
    connection.leave = gone.resolve;
    const invocation = invocationOf(body, connection.pid, text);
    ports.asked(invocation.id);
    let errand: Errand | undefined;
    const port: ClientPort = {
      stdout: (data) => write(connection, 'stdout', data),
      stderr: (data) => write(connection, 'stderr', data),
      cursor(data) {
        send(connection, encodeFrame(text, 'cursor', { data: text.encode(data) }));
      },
      errand(wanted) {
        errand = wanted;
      },
      gone: gone.promise,
      isGone: () => connection.leaving,
    };
    serve ??= ports.load();
    // A verb that throws is the end of this manager, as any other exception: who knows what it left undone.
    void serve(invocation, port).then((status) => {
      finish(connection, invocation, status, errand);
    });
  }

  function leave(connection: Connection): void {
    connection.leaving = true;
    connection.leave();
    connection.drained?.resolve();
    connection.drained = undefined;
  }

  return {
    handle(event) {
      switch (event.kind) {
        case 'client':
          connections.set(event.client, {
            id: event.client,
            pid: event.pid,
            busy: false,
            gone: false,
            leaving: false,
            leave: () => undefined,
            sent: 0,
            drained: undefined,
          });
          break;
        case 'client-frame': {
          const connection = connections.get(event.client);
          if (connection === undefined) break;
          const frame = decodeFrame(text, event.bytes);
          if (isWireError(frame)) {
            refuse(connection, `a client's frame is refused: ${frame.detail}`);
          } else if (frame.name === 'request' && !isRequestId(frame.body.id)) {
            refuse(connection, "a client's request is refused: its id is none");
          } else if (frame.name === 'request') request(connection, frame.body);
          else if (frame.name === 'interrupt') leave(connection);
          break;
        }
        case 'client-drained': {
          const connection = connections.get(event.client);
          if (connection === undefined) break;
          connection.sent = 0;
          connection.drained?.resolve();
          connection.drained = undefined;
          break;
        }
        case 'client-closed':
          close(event.client);
          break;
        case 'refused':
          if (event.refused.kind === 'client') close(event.refused.client);
          break;
        default:
      }
    },
    flush(effects) {
      effects.push(...out);
      out.length = 0;
      // What was to be stored with this answer has been stored. A death before it is out finds the request still known.
      for (const id of finished.splice(0)) ports.answered(id);
    },
  };

  function close(client: number): void {
    const connection = connections.get(client);
    if (connection === undefined) return;
    connections.delete(client);
    connection.gone = true;
    leave(connection);
  }
}

const done = Promise.resolve();

/** Names of files and units are made of it. */
function isRequestId(id: string): boolean {
  return /^\w{0,64}$/.test(id);
}

function invocationOf(body: FrameBody<'request'>, pid: number, text: TextCodec): Invocation {
  const environment = new Map<string, string>();
  for (const assignment of body.environment) {
    const equals = assignment.indexOf('=');
    if (equals > 0) environment.set(assignment.slice(0, equals), assignment.slice(equals + 1));
  }
  return {
    id: body.id,
    again: body.again !== 0,
    pid,
    cursor: text.decode(body.cursor, 0, body.cursor.length),
    program: body.program,
    arguments: body.arguments,
    directory: body.directory,
    columns: body.columns,
    rows: body.rows,
    terminal: {
      stdin: (body.terminals & 1) !== 0,
      stdout: (body.terminals & 2) !== 0,
      stderr: (body.terminals & 4) !== 0,
    },
    environment,
  };
}

/** Where a piece of at most longestText ends: never between the halves of a surrogate pair. */
function cutAt(data: string, at: number): number {
  const end = at + longestText;
  if (end >= data.length) return data.length;
  const last = data.charCodeAt(end - 1);
  return last >= 0xd800 && last < 0xdc00 ? end - 1 : end;
}
