import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { bootSystemd, systemdMissing } from './systemd.ts';

const onSystemd = systemdMissing() === undefined ? test.serial : test.serial.skip;

onSystemd('a machine runs commands inside, and its end leaves nothing behind', async (t) => {
  const units = await unitsOfOneService();
  const machine = await bootSystemd(units);
  const { init } = machine;
  t.deepEqual(await machine.run('systemctl start a && systemctl is-active a; exit 7'), {
    status: 7,
    stdout: 'active\n',
    stderr: '',
  });
  t.true(existsSync(`/proc/${String(init)}`));
  await machine.down();
  await rm(units, { recursive: true });
  t.false(existsSync(`/proc/${String(init)}`));
  t.deepEqual(await traces(machine.directory), []);
});

onSystemd('a machine whose owner is killed with -9 leaves nothing behind', async (t) => {
  const units = await unitsOfOneService();
  const program = `
    const { bootSystemd } = await import(${JSON.stringify(path.join(import.meta.dirname, 'systemd.ts'))});
    const machine = await bootSystemd(${JSON.stringify(units)});
    await machine.run('systemctl start a');
    console.log(machine.init, process.pid, machine.directory);
    await new Promise(() => setInterval(() => {}, 1000));
  `;
  const owner = execa(process.execPath, ['--input-type=module', '-e', program], { reject: false });
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  const [init = 0, pid = 0] = line.toString().split(' ').map(Number);
  const directory = line.toString().trim().split(' ')[2] ?? '';
  t.not((await traces(directory)).length, 0);
  const holder = parentOf(parentOf(init)); // init, unshare, machine.sh
  process.kill(pid, 'SIGKILL');
  await owner;
  await execa('tail', ['--pid', String(holder), '-f', '/dev/null'], { timeout: 20_000 });
  await rm(units, { recursive: true });
  t.false(existsSync(`/proc/${String(init)}`));
  t.deepEqual(await traces(directory), []);
});

async function unitsOfOneService(): Promise<string> {
  const units = await mkdtemp(path.join(tmpdir(), 'pidone-units-'));
  await writeFile(path.join(units, 'a.service'), '[Service]\nExecStart=/t/puppet a "daemonize b ignore TERM"\n');
  return units;
}

function parentOf(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/^PPid:\t(\d+)$/m.exec(status)?.[1]);
}

/** What of a machine is on the host: files, control groups, mounts and processes that carry its directory's name. */
async function traces(directory: string): Promise<readonly string[]> {
  const name = path.basename(directory);
  const groups = await execa('find', ['/sys/fs/cgroup', '-maxdepth', '3', '-name', name], { reject: false });
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const processes = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(name));
  return [
    ...(existsSync(directory) ? [directory] : []),
    ...groups.stdout.split('\n').filter(Boolean),
    ...mounts.filter((line) => line.includes(name)),
    ...processes.filter((pid) => Number(pid) !== process.pid).map(commandLine),
  ];
}

/** Empty when the process is gone by now. */
function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
