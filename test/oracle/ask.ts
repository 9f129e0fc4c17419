// npm run oracle:ask -- UNITS COMMAND…: boots the real systemd, and pidone where it is built, with the units of a folder,
// runs the commands on each, and prints what they gave.
import { bootPidone, bootPrivilegedPidone, pidoneMissing } from './pidone.ts';
import { bootSystemd, systemdMissing } from './systemd.ts';

const [units, ...commands] = process.argv.slice(2);
if (units === undefined || commands.length === 0) {
  process.stderr.write(
    "usage: npm run oracle:ask -- UNITS COMMAND…, e.g. ./units 'systemctl start a' 'show a Result'\n",
  );
  process.exit(2);
}

for (const { name, boot, missing } of [
  { name: 'systemd', boot: bootSystemd, missing: systemdMissing() },
  {
    name: 'pidone',
    boot: process.env['ORACLE_PRIVILEGED'] === 'yes' ? bootPrivilegedPidone : bootPidone,
    missing: pidoneMissing(),
  },
]) {
  if (missing !== undefined) {
    process.stdout.write(`${name}: ${missing}\n`);
    continue;
  }
  const machine = await boot(units);
  try {
    for (const command of commands) {
      const { status, stdout, stderr } = await machine.run(command);
      process.stdout.write(`${name} $ ${command}\n${stdout}${stderr}${name} status ${String(status)}\n`);
    }
  } finally {
    await machine.down();
  }
}
