/** The normal form of a calendar expression, which parseCalendar reads again as the same. */
import type { CalendarChain, CalendarComponent, CalendarSpec, CalendarZone } from './calendar-spec.ts';

const micro = 1_000_000;
const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** `Mon..Fri *-*-* 10:00:00 Europe/Berlin` */
export function formatCalendar(spec: CalendarSpec): string {
  const { weekdays, year, month, day, isEndOfMonth, hour, minute, microsecond } = spec;
  const date = `${chainText(year, 4)}-${chainText(month, 2)}${isEndOfMonth ? '~' : '-'}${chainText(day, 2)}`;
  const time = `${chainText(hour, 2)}:${chainText(minute, 2)}:${secondsText(microsecond)}`;
  return [...(weekdays === undefined ? [] : [weekdaysText(weekdays)]), date, time, ...zoneText(spec.zone)].join(' ');
}

/** Runs of three and more as a range. */
function weekdaysText(bits: number): string {
  const runs: string[] = [];
  for (let from = 0; from < 7; from++) {
    if ((bits & (1 << from)) === 0) continue;
    let to = from;
    while (to < 6 && (bits & (1 << (to + 1))) !== 0) to++;
    const [first = '', last = ''] = [days[from], days[to]];
    runs.push(to === from ? first : to === from + 1 ? `${first},${last}` : `${first}..${last}`);
    from = to;
  }
  return runs.join(',');
}

function chainText(chain: CalendarChain, width: number): string {
  if (chain.length === 0) return '*';
  return chain.map((part) => componentText(part, width, 1)).join(',');
}

function secondsText(chain: CalendarChain): string {
  // Every second from the first one on is all of them.
  const isAny = chain.some(({ start, stop, repeat }) => start === 0 && stop === undefined && repeat === micro);
  return isAny || chain.length === 0 ? '*' : chain.map((part) => componentText(part, 2, micro)).join(',');
}

function componentText({ start, stop, repeat }: CalendarComponent, width: number, unit: number): string {
  let text = valueText(start, width, unit);
  // systemd writes no `..00`.
  const hasStop = stop !== undefined && stop > 0;
  if (hasStop) text += `..${valueText(stop, width, unit)}`;
  if (repeat > 0 && !(hasStop && repeat === unit)) text += `/${valueText(repeat, 1, unit)}`;
  return text;
}

function valueText(value: number, width: number, unit: number): string {
  const fraction = value % unit;
  const whole = String(Math.floor(value / unit)).padStart(width, '0');
  return fraction > 0 ? `${whole}.${String(fraction).padStart(6, '0')}` : whole;
}

function zoneText(zone: CalendarZone): string[] {
  switch (zone.kind) {
    case 'utc':
      return ['UTC'];
    case 'named':
      return [zone.name];
    case 'local': {
      const name = zone.isDst === undefined ? '' : zone.zone.names[zone.isDst ? 1 : 0];
      return name === '' ? [] : [name];
    }
  }
}
