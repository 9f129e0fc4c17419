/** Time and changes as promises, for the faces: what they wait for wakes the manager, and nothing else does. */
import type { Given } from '../ctl/port.ts';
import type { Host, HostEvent } from '../host.d.ts';
import { defer } from './deferred.ts';

export interface FaceWaits {
  readonly port: Given['face'];
  /** Timers and watches: what is due is resolved. */
  handle(event: HostEvent): void;
  /** The earliest moment that somebody waits for. */
  deadline(): number | undefined;
}

export function createFaceWaits(host: Host): FaceWaits {
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  const watchers = new Map<number, () => void>();

  return {
    port: {
      clock: () => host.clock(),
      hostName: () => host.hostName(),
      at(monotonic) {
        const { promise, resolve } = defer();
        sleepers.add({ at: monotonic, wake: resolve });
        return promise;
      },
      changed(paths, until) {
        const { promise, resolve } = defer();
        const handles: number[] = [];
        const finish = (): void => {
          for (const handle of handles.splice(0)) {
            host.unwatch(handle);
            watchers.delete(handle);
          }
          resolve();
        };
        for (const path of paths) {
          const handle = host.watch(path);
          if (handle < 0) continue;
          handles.push(handle);
          watchers.set(handle, finish);
        }
        void until.then(finish);
        return promise;
      },
    },
    handle(event) {
      if (event.kind === 'changed') watchers.get(event.watch)?.();
      else if (event.kind === 'timer')
        for (const sleeper of sleepers) {
          if (sleeper.at > event.clock.monotonic) continue;
          sleepers.delete(sleeper);
          sleeper.wake();
        }
    },
    deadline() {
      let first: number | undefined;
      for (const { at } of sleepers) if (first === undefined || at < first) first = at;
      return first;
    },
  };
}
