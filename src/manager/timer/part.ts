/** Timer units, as a part of the program. */
import type { Host } from '../../host.d.ts';
import type { Unit } from '../../units/model.ts';
import { nextElapse } from '../../units/values/calendar-next.ts';
import type { CalendarSpec } from '../../units/values/calendar-spec.ts';
import { parseCalendar } from '../../units/values/calendar.ts';
import { sipHash } from '../../units/values/siphash.ts';
import { zonesFrom } from '../../units/values/zones.ts';
import type { OwnPart } from '../own-types.ts';
import { timerHands } from './hands.ts';
import { timerMachine, type TimerPort } from './machine.ts';
import { placeOf } from './wakeup.ts';

export function makePart(host: Host): OwnPart<'timer'> {
  return { machine: timerMachine(portOf(host)), createHands: timerHands };
}

/** So many expressions are remembered as they were read. */
const mostSpecs = 1000;

function portOf(host: Host): TimerPort {
  let zones = zonesFrom(host, undefined);
  let place: number | undefined;
  const specs = new Map<string, CalendarSpec | undefined>();
  return {
    nextElapse(text, after) {
      if (!specs.has(text)) {
        // Each transient timer may have one of its own.
        if (specs.size >= mostSpecs) specs.clear();
        const parsed = parseCalendar(text, zones);
        specs.set(text, parsed.ok ? parsed.spec : undefined);
      }
      const spec = specs.get(text);
      const next = spec === undefined ? 'never' : nextElapse(spec, after);
      return typeof next === 'number' ? next : undefined;
    },
    forgetZones() {
      zones = zonesFrom(host, undefined);
      specs.clear();
    },
    place: () => (place ??= placeOf(host)),
    fixedDelay: (unit, limit) => Number(fixedHash(host, unit) % BigInt(Math.min(limit, Number.MAX_SAFE_INTEGER))),
  };
}

/** The key of systemd's timer_get_fixed_delay_hash(). */
const key: readonly [bigint, bigint] = [0xc242512976db0a51n, 0xbd373a8ee6ea3580n];

/** Of the machine (no id: zeros), of whose manager it is (the system's, user 0), and of the unit's name. */
function fixedHash(host: Host, { name }: Unit): bigint {
  const id = host.readFile('/etc/machine-id', 64);
  const digits = typeof id === 'string' ? (/^[0-9a-f]{32}/.exec(id)?.[0] ?? '') : '';
  const text = host.encode(name);
  const message = new Uint8Array(16 + 1 + 4 + text.length);
  for (let i = 0; i < digits.length; i += 2) message[i / 2] = Number.parseInt(digits.slice(i, i + 2), 16);
  message[16] = 1;
  message.set(text, 21);
  return sipHash(message, key);
}
