/** The wall clock, and the stamps of persistent timers: files whose time of change is when the timer last started its unit, as systemd has them. */
import type { Hands, HandsPorts } from '../own-types.ts';
import type { UnitName } from '../../units/name.ts';

const directory = '/var/lib/systemd/timers';

/** EEXIST */
const exists = 17;

function stampPath(unit: UnitName): string {
  return `${directory}/stamp-${unit}`;
}

export function timerHands({ host, log, unit: unitOf, tell }: HandsPorts<'timer'>): Hands<'timer'> {
  /** `realtime`: usec; undefined: now. */
  function touch(unit: UnitName, realtime: number | undefined): void {
    const path = stampPath(unit);
    let error = host.touchFile(path, realtime);
    if (error === 2) {
      const made = ['/var', '/var/lib', '/var/lib/systemd', directory].map((each) => host.makeDirectory(each, 0o755));
      // Why there is no directory says more than that there is none.
      const why = made.findLast((each) => each !== undefined && each !== exists && each !== 2);
      error = host.touchFile(path, realtime);
      if (error === 2) error = why ?? error;
    }
    if (error !== undefined) {
      const what = `Failed to write ${path}: ${host.errorText(error)}`;
      log.unit(unit, 0, 'warning', `${what}; what elapses while there is no container is not made up for`, undefined);
    }
  }

  /** Who is told when the clock or the zone changes; the watches, and the zone as it was. */
  const clockUsers = new Set<UnitName>();
  /** With so many, those that are forgotten by now (transient ones come and go) are let go of here too. */
  let manyUsers = 64;
  let clock = -1;
  let etc = -1;
  let zone = '';

  function watchClock(unit: UnitName): void {
    if (clockUsers.size >= manyUsers) {
      for (const each of clockUsers) if (unitOf(each) === undefined) clockUsers.delete(each);
      manyUsers = 2 * clockUsers.size + 64;
    }
    clockUsers.add(unit);
    if (clock >= 0) return;
    clock = host.watchClock();
    // The file itself is most often a link that is replaced.
    etc = host.watch('/etc');
    zone = zoneNow();
  }

  function zoneNow(): string {
    const link = host.readLink('/etc/localtime');
    const status = host.status('/etc/localtime');
    return JSON.stringify(typeof status === 'number' ? [link, status] : [link, status.identity, status.modified]);
  }

  function tellAll(what: 'clock' | 'zone'): void {
    for (const unit of clockUsers) tell(unit, { kind: 'clock-changed', what });
  }

  return {
    run(unit, effect) {
      switch (effect.kind) {
        case 'watch-clock':
          watchClock(unit);
          break;
        case 'read-stamp': {
          const status = host.status(stampPath(unit));
          if (status === 2) touch(unit, undefined);
          tell(unit, { kind: 'stamp', realtime: typeof status === 'number' ? undefined : status.modified });
          break;
        }
        case 'write-stamp':
          touch(unit, effect.realtime);
          break;
        case 'remove-stamp': {
          const error = host.remove(stampPath(unit));
          if (error !== undefined && error !== 2)
            log.unit(unit, 0, 'err', `Failed to clean stamp file of timer: ${host.errorText(error)}`, undefined);
          break;
        }
      }
    },
    changed(watch) {
      if (watch === clock) {
        tellAll('clock');
      } else if (watch === etc) {
        const before = zone;
        zone = zoneNow();
        if (zone !== before) tellAll('zone');
      }
    },
  };
}
