// Nothing recurses as deep as the graph.
import test from 'ava';
import { bootRoom, bystander, type Room, standsFirm } from './room.ts';

const COUNT = 5000;

let room: Room;

/** A process every now and then; what is between them is as deep without. By such names the boot does not load them. */
function nameOf(at: number): string {
  return at % 500 === 0 ? `link@${String(at)}.service` : `link@${String(at)}.target`;
}

const FIRST = nameOf(0);
const LAST = nameOf(COUNT - 1);

test.before(async () => {
  const units: Record<string, string> = { 'bystander.service': bystander };
  for (let at = 0; at < COUNT; at++) {
    const lines = ['[Unit]', 'DefaultDependencies=no'];
    if (at > 0) lines.push(`Requires=${nameOf(at - 1)}`, `After=${nameOf(at - 1)}`);
    if (at % 500 === 0) lines.push('[Service]', 'Type=oneshot', 'RemainAfterExit=yes', 'ExecStart=/bin/true');
    units[nameOf(at)] = lines.join('\n');
  }
  room = await bootRoom(units);
});

test.after.always(() => room.down());

test.serial('a chain of 5,000 units is started from its end and stopped from its beginning', async (t) => {
  t.timeout(300_000);
  await room.ok(t, `systemctl start --no-block ${LAST}`);
  await reached(`${LAST} ActiveState=active`);
  const active = await room.ok(t, "systemctl list-units --plain --no-legend 'link@*' | grep -c ' active '");
  t.is(active, `${String(COUNT)}\n`);
  await room.ok(t, `systemctl stop --no-block ${FIRST}`);
  await reached(`${FIRST} ActiveState=inactive`);
  const left = await room.run(`systemctl is-active ${FIRST} ${LAST}; systemctl list-jobs --no-legend`);
  t.is(left.stdout, 'inactive\ninactive\n');
  await standsFirm(t, room);
});

/** As long as it takes on a machine that has much else to do. */
async function reached(what: string): Promise<void> {
  for (let tries = 0; tries < 10; tries++) if ((await room.run(`reach ${what}`)).status === 0) return;
}
