// The system bus, played by the test: services with BusName= go by what it says, over the death of the manager and of the
// bus itself; a bus that talks nonsense, or without end, harms nobody.
import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { decodeMessage, messageLength } from '../../src/manager/bus/message.ts';
import { answerTo, errorTo, ownerChanged } from '../manager/bus/bytes.ts';
import { bootRoom, bystander, comesTo, managerOf, type Room, standsFirm, withKilledManager } from './room.ts';

const name = 'org.example.One';
const socketPath = '/run/dbus/system_bus_socket';
const noOwner = 'org.freedesktop.DBus.Error.NameHasNoOwner';

/** A bus with one name on it. */
interface Bus {
  owner: string;
  /** Connections that have asked for the owner, so far. */
  asked: number;
  /** The last one that has. */
  client: Socket | undefined;
  down(): Promise<void>;
}

let room: Room;

test.before(async () => {
  room = await bootRoom({
    'one.service': `[Service]\nBusName=${name}\nExecStart=/t/puppet one\n`,
    'bystander.service': bystander,
  });
});

test.after.always(() => room.down());

async function openBus(): Promise<Bus> {
  const sockets = new Set<Socket>();
  mkdirSync(room.at('/run/dbus'), { recursive: true });
  rmSync(room.at(socketPath), { force: true });
  const bus: Bus = { owner: '', asked: 0, client: undefined, down };
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(bus, socket);
  });
  await new Promise<void>((done) => server.listen(room.at(socketPath), done));
  function down(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    return new Promise((done) => server.close(() => done()));
  }
  return bus;
}

function serve(bus: Bus, socket: Socket): void {
  let waiting = Buffer.alloc(0);
  let greeted = false;
  socket.on('data', (bytes) => {
    waiting = Buffer.concat([waiting, bytes]);
    for (let end = waiting.indexOf('\r\n'); !greeted && end >= 0; end = waiting.indexOf('\r\n')) {
      greeted = waiting.subarray(0, end).toString() === 'BEGIN';
      waiting = waiting.subarray(end + 2);
      if (!greeted) socket.write('OK 0123456789abcdef\r\n');
    }
    while (greeted && waiting.length >= 16) {
      const length = messageLength(waiting) ?? 0;
      if (waiting.length < length) return;
      const call = decodeMessage(waiting.subarray(0, length));
      const serial = waiting.readUInt32LE(8);
      waiting = waiting.subarray(length);
      if (call?.member !== 'GetNameOwner') {
        socket.write(answerTo(serial, ':1.1'));
        continue;
      }
      socket.write(bus.owner === '' ? errorTo(serial, noOwner) : answerTo(serial, bus.owner));
      bus.client = socket;
      bus.asked++;
    }
  });
}

function change(bus: Bus, owner: string): void {
  bus.client?.write(ownerChanged(name, bus.owner, owner));
  bus.owner = owner;
}

async function begin(t: ExecutionContext, bus: Bus): Promise<void> {
  const before = bus.asked;
  await room.ok(t, 'systemctl start --no-block one');
  await comesTo(t, () => bus.asked > before || bus.client?.destroyed === false, true, 'it asks');
  await room.ok(t, 'reach one.service SubState=start MainPID=$(systemctl show --value -p MainPID one)');
}

test.serial('A service is up when its name is owned, and stops when it is not', async (t) => {
  const bus = await openBus();
  await begin(t, bus);
  change(bus, ':1.5');
  await room.ok(t, 'reach one.service SubState=running');

  await withKilledManager(t, room);
  await comesTo(t, () => bus.asked, 2, 'a new manager asks again');
  t.is(await room.ok(t, 'systemctl is-active one'), 'active\n');

  change(bus, '');
  await room.ok(t, 'reach one.service SubState=dead Result=success');
  await bus.down();
});

test.serial('A name that was lost while there was no manager is lost', async (t) => {
  const bus = await openBus();
  await begin(t, bus);
  change(bus, ':1.5');
  await room.ok(t, 'reach one.service SubState=running');
  bus.owner = '';
  await withKilledManager(t, room);
  await room.ok(t, 'reach one.service SubState=dead Result=success');
  await bus.down();
});

test.serial('A bus that speaks nonsense is left alone, and costs nothing', async (t) => {
  const manager = managerOf(room).pid;
  for (const nonsense of [
    Buffer.alloc(300_000, 0xff),
    Buffer.alloc(300_000, 'x\r\n'),
    Buffer.from('l\x02\0\x01\xff'),
  ]) {
    const bus = await openBus();
    await begin(t, bus);
    bus.client?.write(nonsense);
    if (nonsense.length < 16) bus.client?.end();
    await new Promise((done) => bus.client?.once('close', done));
    await standsFirm(t, room);
    await room.ok(t, 'systemctl stop one');
    await bus.down();
  }
  t.is(managerOf(room).pid, manager);
});
