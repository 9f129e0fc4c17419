/** The api as the faces get it: with the shell settling the core after each change. */
import type { Host } from '../host.d.ts';
import type { Unit } from '../units/model.ts';
import type { ManagerApi } from './api.ts';

/** What a client changes has its effect before the next line of the verb runs: a job that is done at once is done. */
export function settlingApi(api: ManagerApi, settle: () => void): ManagerApi {
  function settled<R>(result: R): R {
    settle();
    return result;
  }
  return {
    ...api,
    enqueue: (request, what, name, mode) => settled(api.enqueue(request, what, name, mode)),
    startTransient: (request, units, mode, hold) => settled(api.startTransient(request, units, mode, hold)),
    cancelJob: (job) => settled(api.cancelJob(job)),
    kill: (request, name, who, signal, value) => settled(api.kill(request, name, who, signal, value)),
    clean: (name, what) => settled(api.clean(name, what)),
    freeze: (name, kind) => settled(api.freeze(name, kind)),
    resetFailed: (name) => settled(api.resetFailed(name)),
    reload() {
      const done = api.reload();
      settle();
      return done;
    },
    answered(request) {
      api.answered(request);
      // What was loaded only to be looked at is forgotten.
      settle();
    },
    shutdown(status) {
      api.shutdown(status);
      settle();
    },
  };
}

/** A file of the unit is newer than what was read of it, or is gone (NeedDaemonReload=). */
export function isStale(host: Pick<Host, 'status'>, unit: Unit): boolean {
  // A mask is a link to what has no time of its own.
  if (unit.load === 'masked') return false;
  return [unit.fragmentPath, ...unit.dropInPaths].some((path) => {
    if (!path.startsWith('/')) return false;
    const status = host.status(path);
    return typeof status === 'number' || status.modified > unit.modified;
  });
}
