// No table has a fixed size.
import test from 'ava';
import { answered, bootRoom, bystander, type Room, standsFirm } from './room.ts';

const COUNT = 2000;

let room: Room;

test.before(async () => {
  const units: Record<string, string> = { 'bystander.service': bystander };
  for (let i = 0; i < COUNT; i++)
    units[`many${String(i)}.service`] =
      `[Unit]\nAfter=many${String(i - 1)}.service\n[Service]\nExecStart=/t/puppet many${String(i)}\n`;
  units['all.target'] =
    `[Unit]\n${Array.from({ length: COUNT }, (_, i) => `Wants=many${String(i)}.service\n`).join('')}`;
  room = await bootRoom(units);
});

test.after.always(() => room.down());

test.serial('2,000 units are known, loaded in one graph, and listed', async (t) => {
  const files = await answered(room, "systemctl list-unit-files 'many*' --no-legend | wc -l");
  t.is(files.stdout, `${String(COUNT)}\n`);
  const plan = await answered(room, 'pidone plan all.target | grep -c "many.*start\\|start.*many"');
  t.is(plan.stdout, `${String(COUNT)}\n`);
  await standsFirm(t, room);
});

test.serial('of 2,000 units any can be started, and is listed among the others', async (t) => {
  await room.ok(t, 'systemctl start many0 many1999');
  const listed = await answered(room, "systemctl list-units 'many*' --no-legend --plain");
  t.deepEqual(
    listed.stdout.split('\n').map((line) => line.split(' ')[0]),
    ['many0.service', 'many1999.service', ''],
  );
  await standsFirm(t, room);
});
