import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { execa } from 'execa';

import type { Service, StageFile, Supervisor } from '../supervisors/supervisor.ts';

/** Where stages are made: folders on a tmpfs of this mount namespace. */
export interface Place {
  readonly folder: string;
  readonly layer: string;
  readonly tools: string;
}

/** A supervisor that runs as PID 1 of its own namespaces. */
export interface Stage {
  /** PID 1, as seen from here. */
  readonly init: number;
  /** The pid namespace, as /proc/PID/ns/pid names it. */
  readonly namespace: string;
  /** Runs the stopwatch inside, and gives what it printed. */
  probe(...words: readonly (string | number)[]): Promise<Measured>;
  /** Runs a line of shell inside, and gives its output. Rejects when it fails. */
  shell(line: string): Promise<string>;
  /** The same as probe, from outside: for what the supervisor does not survive. */
  probeFromOutside(...words: readonly (string | number)[]): Promise<Measured>;
  /** Ends it, whatever is left of it, and removes its files. */
  end(): Promise<void>;
}

/** What bench/probe.c prints. Times in usec, -1 is never. */
export interface Measured {
  readonly usec?: readonly number[];
  readonly stop?: readonly number[];
  readonly start?: readonly number[];
  readonly failures?: number;
  readonly services?: number;
  readonly left?: number;
  readonly child?: boolean;
  readonly escapee?: boolean;
  readonly flood?: number;
  readonly lines?: number;
  readonly ordered?: boolean;
  readonly alive?: number;
  readonly told?: number;
}

/** `more`: files besides those of the services. */
export async function raise(
  place: Place,
  supervisor: Supervisor,
  services: readonly Service[],
  more: readonly StageFile[] = [],
): Promise<Stage> {
  const folder = mkdtempSync(join(place.folder, 'stage-'));
  const spaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--fork', '--kill-child'];
  furnish(folder, place, supervisor, [...supervisor.files(services), ...more]);
  const script = [join(import.meta.dirname, 'stage.sh'), folder, `${place.layer}:/`, ...supervisor.command];
  const holder = execa('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...spaces, ...script], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    reject: false,
  });
  const end = async (): Promise<void> => {
    holder.kill('SIGKILL');
    await holder;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const gone = holder.then(() => Promise.reject(new Error('it ended at once')));
    gone.catch(() => undefined);
    const [line] = (await Promise.race([once(holder.stdio[3], 'data'), gone])) as [Buffer];
    const init = Number(line.toString());
    const enter = [
      '-t',
      String(init),
      '-m',
      '-u',
      '-i',
      '-n',
      '-p',
      '-r',
      '-w',
      '--',
      'env',
      '-i',
      `PATH=${searchPath}`,
    ];
    return {
      init,
      namespace: readlinkSync(`/proc/${String(init)}/ns/pid`),
      probe: async (...words) => read(await execa('nsenter', [...enter, '/bench/probe', ...words.map(String)], quiet)),
      shell: async (line) => (await execa('nsenter', [...enter, '/bin/sh', '-c', line], quiet)).stdout,
      probeFromOutside: async (...words) => read(await execa(join(place.tools, 'probe'), words.map(String), quiet)),
      end,
    };
  } catch (error) {
    const log = readFileSync(join(folder, 'log'), { encoding: 'utf8', flag: 'a+' });
    await end();
    throw new Error(`${supervisor.name} cannot be run:\n${log}`, { cause: error });
  }
}

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const quiet = { stdin: 'ignore', maxBuffer: 1 << 20 } as const;

function read({ stdout }: { readonly stdout: string }): Measured {
  return JSON.parse(stdout) as Measured;
}

/** Lays out what the supervisor will find. */
function furnish(folder: string, place: Place, supervisor: Supervisor, staged: readonly StageFile[]): void {
  const files = join(folder, 'files');
  mkdirSync(files);
  for (const file of staged) {
    const path = join(files, file.path);
    mkdirSync(dirname(path), { recursive: true });
    if ('target' in file) symlinkSync(file.target, path);
    else writeFileSync(path, file.text, { mode: file.mode ?? 0o644 });
  }
  cpSync(place.tools, join(folder, 'tools'), { recursive: true });
  if (supervisor.source.kind === 'folder')
    cpSync(supervisor.source.folder, join(folder, 'bench/bin'), { recursive: true, verbatimSymlinks: true });
}
