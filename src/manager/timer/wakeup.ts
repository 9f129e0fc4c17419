/**
 * When to wake for something that may come between two moments: sleep_between() of systemd's src/libsystemd/sd-event/sd-event.c.
 *
 * The place within a minute (else within ten seconds, one, a quarter) is the same for all timers of a machine, so that they come at the same
 * moment where their windows allow it, and another one on another machine, so that not all of a network call somebody at once.
 */
import type { Host } from '../../host.d.ts';

const minute = 60_000_000;
const second = 1_000_000;
const grids = [minute, 10 * second, second, second / 4];
/** What AccuracySec=0 stands for. */
const usualAccuracy = second / 4;

/** The latest moment that AccuracySec= allows, and the one in between that suits the machine. Usec of one clock, `place` within a minute of it. */
export function wakeBetween(from: number, accuracy: number, place: number): number {
  const until = from + (accuracy === 0 ? usualAccuracy : accuracy);
  if (until <= from + 1 || until === Infinity) return from;
  for (const grid of grids) {
    let at = Math.floor(until / grid) * grid + (place % grid);
    if (at >= until) at -= grid;
    if (at >= from && at >= 0) return at;
  }
  return until;
}

/** The machine's place within a minute, usec: of the id of the boot, which all containers of a machine have in common, else of the machine's. */
export function placeOf(host: Pick<Host, 'readFile'>): number {
  for (const path of ['/proc/sys/kernel/random/boot_id', '/etc/machine-id']) {
    const text = host.readFile(path, 64);
    if (typeof text !== 'string') continue;
    const id = text.trim().replaceAll('-', '');
    if (/^[0-9a-f]{32}$/.test(id)) return Number((word(id.slice(0, 16)) ^ word(id.slice(16))) % BigInt(minute));
  }
  return 0;
}

/** 16 hex digits, the lowest byte first. */
function word(digits: string): bigint {
  return BigInt(`0x${(digits.match(/../g) ?? []).reverse().join('')}`);
}
