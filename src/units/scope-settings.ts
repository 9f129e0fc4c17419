/** The settings of a scope, from what was kept as text (text-rows.ts). */
import type { KillSettings } from './exec-model.ts';
import type { ScopeSettings } from './model.ts';
import { parseDuration } from './values/duration.ts';

export function scopeSettings(kill: KillSettings, accepted: ReadonlyMap<string, string>): ScopeSettings {
  const span = (key: string, usual: number): number => parseDuration(accepted.get(key) ?? '') ?? usual;
  return { kill, runtimeMax: span('RuntimeMaxSec', Infinity), timeoutStop: span('TimeoutStopSec', 90_000_000) };
}
