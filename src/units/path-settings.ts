/** The settings of a path unit, from what was kept as text (text-rows.ts). */
import { isOn } from './collector.ts';
import type { PathKind, PathSettings } from './trigger-model.ts';
import type { Microseconds, UnitName } from './name.ts';
import { parseDuration } from './values/duration.ts';
import { parseMode } from './values/mode.ts';

/** `unit`: what it starts. Nothing is wrong with what was kept. */
export function pathSettings(unit: UnitName, accepted: ReadonlyMap<string, string>): PathSettings {
  const lines = accepted.get('Paths')?.split('\n') ?? [];
  return {
    unit,
    watched: lines
      .map((line) => {
        const equals = line.indexOf('=');
        return { kind: line.slice(0, equals) as PathKind, path: line.slice(equals + 1) };
      })
      .reverse(),
    makeDirectory: isOn(accepted, 'MakeDirectory'),
    directoryMode: parseMode(accepted.get('DirectoryMode') ?? '') ?? 0o755,
    triggerLimitInterval: parseDuration(accepted.get('TriggerLimitIntervalSec') ?? '') ?? (2_000_000 as Microseconds),
    triggerLimitBurst: Number(accepted.get('TriggerLimitBurst') ?? 200),
  };
}
