/** `systemd --test`: the transaction that systemd would begin a boot with, without booting. */
import { execa } from 'execa';
import type { Plan } from './plan.ts';

/** What the real systemd plans to start a unit with the files of a folder that anybody may read. As nobody, so that it can touch nothing. */
export async function askSystemd(units: string, anchor: string): Promise<Plan> {
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs'];
  const environment = [`SYSTEMD_UNIT_PATH=${units}`, 'SYSTEMD_LOG_LEVEL=info', 'HOME=/', 'LANG=C.UTF-8'];
  const systemd = ['/lib/systemd/systemd', '--test', '--system', '--log-target=console', `--unit=${anchor}`];
  const { stdout, stderr, timedOut } = await execa('setpriv', [...nobody, 'env', '-i', ...environment, ...systemd], {
    stdin: 'ignore',
    reject: false,
    timeout: 30_000,
  });
  if (timedOut || !stdout.includes('-> By jobs:')) {
    if (!stderr.includes('default target: ')) throw new Error(`systemd --test said:\n${stderr}`);
  }
  return {
    error: /^Failed to (?:start|isolate) default target: (.*)$/m.exec(stderr)?.[1],
    jobs: jobsOf(stdout),
    cycles: cyclesOf(stderr),
  };
}

/** Of the dump's last part: a line "Action: a.service -> start" for each job. */
function jobsOf(dump: string): string[] {
  const list = dump.slice(dump.indexOf('-> By jobs:'));
  const jobs = [...list.matchAll(/^\s*Action: (\S+) -> (\S+)$/gm)];
  return jobs
    .map(([, unit, type]) => `${unit ?? ''} ${type ?? ''}`)
    .filter((job) => !/\.(?:slice|mount) /.test(job))
    .sort();
}

/** Lines of the log about cycles. */
export function cyclesOf(log: string): string[] {
  return log
    .split('\n')
    .filter((line) =>
      /^\S+: (?:Found (?:ordering cycle|dependency) on|Job \S+ deleted to break|Unable to break) /.test(line),
    );
}
