/** The settings of a timer, from what was kept as text (text-rows.ts). */
import { isOn } from './collector.ts';
import type { TimerBase, TimerSettings, TimerValue } from './trigger-model.ts';
import type { Microseconds, UnitName } from './name.ts';
import { parseDuration } from './values/duration.ts';

/** `unit`: what it starts. Nothing is wrong with what was kept. */
export function timerSettings(unit: UnitName, accepted: ReadonlyMap<string, string>): TimerSettings {
  const span = (key: string, usual: number): Microseconds =>
    parseDuration(accepted.get(key) ?? '') ?? (usual as Microseconds);
  const lines = accepted.get('Timers')?.split('\n') ?? [];
  return {
    unit,
    values: lines.map(valueOf).reverse(),
    onClockChange: isOn(accepted, 'OnClockChange'),
    onTimezoneChange: isOn(accepted, 'OnTimezoneChange'),
    accuracy: span('AccuracySec', 60_000_000),
    randomizedDelay: span('RandomizedDelaySec', 0),
    fixedRandomDelay: isOn(accepted, 'FixedRandomDelay'),
    deferReactivation: isOn(accepted, 'DeferReactivation'),
    persistent: isOn(accepted, 'Persistent'),
    remainAfterElapse: accepted.get('RemainAfterElapse') !== 'no',
  };
}

function valueOf(line: string): TimerValue {
  const equals = line.indexOf('=');
  const base = line.slice(0, equals);
  const text = line.slice(equals + 1);
  if (base === 'OnCalendar') return { base, text };
  return { base: base as TimerBase, usec: parseDuration(text) ?? (0 as Microseconds) };
}
