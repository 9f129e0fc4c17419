/**
 * Calendar expressions: man systemd.time, "CALENDAR EVENTS"; systemd's src/shared/calendarspec.c of version 252. Beside this:
 * calendar-format.ts writes the normal form, calendar-next.ts finds the moments that match.
 */
import { calendarFields, type CalendarFault, Fault } from './calendar-fields.ts';
import { isValidCalendar, normalizeCalendar } from './calendar-normal.ts';
import type { CalendarSpec } from './calendar-spec.ts';
import { cutZone } from './zone-suffix.ts';
import type { Zones } from './zones.ts';

export type ParsedCalendar =
  { readonly ok: true; readonly spec: CalendarSpec } | { readonly ok: false; readonly fault: CalendarFault };

/** `Mon..Fri *-*-* 10:00 Europe/Berlin`, `daily`, … `zones` tells which words at the end are zones. */
export function parseCalendar(text: string, zones: Zones): ParsedCalendar {
  const { rest, zone } = cutZone(text, zones);
  try {
    const fields = calendarFields(rest);
    const spec = normalizeCalendar({ ...fields, zone: fields.isUtc ? { kind: 'utc' } : zone });
    return isValidCalendar(spec) ? { ok: true, spec } : { ok: false, fault: 'invalid' };
  } catch (error) {
    if (error instanceof Fault) return { ok: false, fault: error.fault };
    throw error;
  }
}
