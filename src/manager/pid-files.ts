/** PIDFile=: read when asked, and again at each change while the service waits for it (service_load_pid_file(), service_demand_pid_file()). */
import type { HostFiles, HostWatches } from '../host.d.ts';
import type { UnitName } from '../units/name.ts';
import type { ServiceEvent } from './service/event.ts';
import type { Pid } from './state.ts';

type Answer = Extract<ServiceEvent, { kind: 'pid-file' }>;

export interface PidFiles {
  read(unit: UnitName, path: string): void;
  changed(watch: number): void;
  /** The service waited for it before this manager was there. */
  resume(unit: UnitName, path: string): void;
}

/** `waits`: whether the unit still waits for its PID file. `tell` takes the answers. */
export function createPidFiles(
  host: Pick<HostFiles, 'readFile' | 'status'> & HostWatches,
  waits: (unit: UnitName) => boolean,
  tell: (unit: UnitName, answer: Answer) => void,
): PidFiles {
  const watches = new Map<number, { readonly unit: UnitName; readonly path: string }>();

  /** The file's directory, or the nearest one above that exists. */
  function watch(unit: UnitName, path: string): void {
    for (let directory = path; directory !== '/';) {
      directory = directory.slice(0, directory.lastIndexOf('/')) || '/';
      const handle = host.watch(directory);
      if (handle >= 0) {
        watches.set(handle, { unit, path });
        return;
      }
    }
  }

  function lookAgain(unit: UnitName, path: string): void {
    watch(unit, path);
    const answer = readPidFile(host, path);
    if (answer.pid !== undefined) tell(unit, answer);
  }

  return {
    read(unit, path) {
      const answer = readPidFile(host, path);
      // Watched before it is told to wait; a change in between is seen by the second look.
      if (answer.pid === undefined) watch(unit, path);
      tell(unit, answer.pid === undefined ? readPidFile(host, path) : answer);
    },
    changed(handle) {
      const watched = watches.get(handle);
      if (watched === undefined) return;
      host.unwatch(handle);
      watches.delete(handle);
      if (waits(watched.unit)) lookAgain(watched.unit, watched.path);
    },
    resume: lookAgain,
  };
}

/** A number on the first line; owned by whoever: the keeper refuses what is no process of the unit. */
function readPidFile(host: Pick<HostFiles, 'readFile'>, path: string): Answer {
  const text = host.readFile(path, 4096);
  if (typeof text === 'number') return { kind: 'pid-file', pid: undefined, why: text };
  const number = /^\s*([1-9]\d{0,9})\s*$/.exec(text)?.[1];
  const pid = number === undefined ? 0 : Number(number);
  if (pid < 2) return { kind: 'pid-file', pid: undefined, why: 'malformed' };
  return { kind: 'pid-file', pid: pid as Pid, why: undefined };
}
