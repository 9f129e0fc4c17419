/** What `show` and list-timers know of a timer: systemd's src/core/dbus-timer.c, src/systemctl/systemctl-util.c. */
import type { UnitView } from '../../manager/api.ts';
import type { TimerSettings } from '../../units/trigger-model.ts';
import { parseCalendar } from '../../units/values/calendar.ts';
import { formatCalendar } from '../../units/values/calendar-format.ts';
import { formatDuration } from '../../units/values/duration.ts';
import type { ManagedCall } from '../call.ts';
import { constant, type Property, property } from './property.ts';
import { span } from './stamp-properties.ts';
import { timestamp } from './time.ts';

type TimerState = Extract<NonNullable<UnitView['own']>, { type: 'timer' }>['own'];

export function timerOf(view: UnitView): TimerState | undefined {
  return view.own?.type === 'timer' ? view.own.own : undefined;
}

export function timerProperties(call: ManagedCall, view: UnitView, settings: TimerSettings): readonly Property[] {
  const state = timerOf(view);
  const { face } = call.services;
  const moment = (realtime: number | undefined): string => timestamp(face, realtime ?? 0, call.options.timestampStyle);
  const monotonic: string[] = [];
  const calendar: string[] = [];
  settings.values.forEach((value, place) => {
    const next = state?.elapses[place] ?? 0;
    if (value.base === 'OnCalendar') {
      const parsed = parseCalendar(value.text, face.zones);
      const text = parsed.ok ? formatCalendar(parsed.spec) : value.text;
      calendar.push(`{ OnCalendar=${text} ; next_elapse=${moment(next) || '(null)'} }`);
    } else {
      const name = value.base.replace(/Sec$/, 'USec');
      monotonic.push(`{ ${name}=${formatDuration(value.usec)} ; next_elapse=${formatDuration(next)} }`);
    }
  });
  return [
    ...[['TimersMonotonic', monotonic] as const, ['TimersCalendar', calendar] as const].flatMap(([name, lines]) =>
      lines.length === 0 ? [] : [property(name, () => lines)],
    ),
    property('NextElapseUSecRealtime', () => moment(state?.nextRealtime)),
    property('NextElapseUSecMonotonic', () => span(state?.nextMonotonic ?? Infinity)),
    property('LastTriggerUSec', () => moment(state?.lastRealtime)),
    property('LastTriggerUSecMonotonic', () => span(state?.lastMonotonic ?? 0)),
    constant('Result', view.result),
  ];
}

/** When it elapses next, usec of realtime; undefined: nobody knows. */
export function nextElapseOf(call: ManagedCall, state: TimerState | undefined): number | undefined {
  const { realtime, monotonic } = call.services.face.clock();
  const converted =
    state?.nextMonotonic === undefined || state.nextMonotonic === Infinity
      ? undefined
      : realtime + (state.nextMonotonic - monotonic);
  const next = state?.nextRealtime;
  if (converted === undefined) return next;
  return next === undefined ? converted : Math.min(next, converted);
}
