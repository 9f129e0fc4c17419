// Thousands of services at once, in the shipped program: no table, descriptor or pid is too few, and no event takes too long.
import test from 'ava';
import { bootRoom, bystander, standsFirm, withKilledManager } from '../robustness/room.ts';

const total = Number(process.env['PIDONE_SERVICES'] ?? 5000);

for (const isChain of [true, false])
  test.serial(
    `Thousands of services ${isChain ? 'in a chain' : 'without an order'} start, outlive their manager, and stop`,
    async (t) => {
      t.timeout(60 * 60 * 1000);
      const nameOf = (at: number): string => `link@${String(at)}.service`;
      const names = Array.from({ length: total }, (_, at) => nameOf(at));
      const units: Record<string, string> = { 'bystander.service': bystander };
      for (const [at, name] of names.entries()) {
        const before = isChain && at > 0 ? [`Requires=${nameOf(at - 1)}`, `After=${nameOf(at - 1)}`] : [];
        const service = ['[Service]', 'Type=exec', 'ExecStart=/t/live %n - stays'];
        units[name] = ['[Unit]', 'DefaultDependencies=no', ...before, ...service].join('\n');
      }
      const wants = isChain ? nameOf(total - 1) : names.join(' ');
      units['all@x.target'] = `[Unit]\nDefaultDependencies=no\nWants=${wants}\nAfter=${wants}\n`;
      const room = await bootRoom(units);
      const comes = async (what: string): Promise<void> => {
        for (let tries = 0; tries < 100; tries++) if ((await room.run(`reach ${what}`)).status === 0) return;
        t.fail(`${what} did not come: ${room.log().slice(-2000)}`);
      };
      const active = "systemctl list-units --plain --no-legend 'link@*' | grep -c ' active ' || true";
      try {
        await room.ok(t, 'systemctl start --no-block all@x.target');
        await comes('all@x.target ActiveState=active');
        t.is(await room.ok(t, active), `${String(total)}\n`);
        await withKilledManager(t, room);
        await room.ok(t, 'systemctl daemon-reload');
        t.is(await room.ok(t, active), `${String(total)}\n`);
        // Of a chain the first takes all others along. Asked of each, every one of them would be a transaction of the whole.
        await room.ok(t, `systemctl stop --no-block ${isChain ? nameOf(0) : "'link@*'"}`);
        for (const name of [nameOf(0), nameOf(total - 1)]) await comes(`${name} ActiveState=inactive`);
        for (let tries = 0; tries < 100 && (await room.run(active)).stdout !== '0\n'; tries++);
        t.is(await room.ok(t, active), '0\n');
        await standsFirm(t, room);
      } finally {
        await room.down();
      }
    },
  );
