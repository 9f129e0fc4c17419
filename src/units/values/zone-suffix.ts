import type { CalendarZone } from './calendar-spec.ts';
import type { Zones } from './zones.ts';

/** A text that may end in a zone: ` UTC` (in any case), the abbreviation of one of the two local times, or a zone's name. */
export function cutZone(text: string, zones: Zones): { readonly rest: string; readonly zone: CalendarZone } {
  if (/ utc$/i.test(text)) return { rest: text.slice(0, -4), zone: { kind: 'utc' } };
  const { local } = zones;
  const daylight = abbreviationAt(text, local.names);
  if (daylight !== undefined) {
    const name = local.names[daylight];
    return { rest: text.slice(0, -name.length - 1), zone: { kind: 'local', zone: local, isDst: daylight === 1 } };
  }
  const blank = text.lastIndexOf(' ');
  const name = text.slice(blank + 1);
  const zone = blank < 0 ? undefined : zones.named(name);
  return zone === undefined
    ? { rest: text, zone: { kind: 'local', zone: local, isDst: undefined } }
    : { rest: text.slice(0, blank), zone: { kind: 'named', name, zone } };
}

/** Which of the two abbreviations the text ends in, behind a blank, in any case. */
export function abbreviationAt(text: string, names: readonly [string, string]): 0 | 1 | undefined {
  const lower = text.toLowerCase();
  const isAt = (name: string): boolean => name !== '' && lower.endsWith(` ${name.toLowerCase()}`);
  return isAt(names[0]) ? 0 : isAt(names[1]) ? 1 : undefined;
}
