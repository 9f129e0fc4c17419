/** What a unit's settings say of its lines in the journal (systemd.exec(5), LogLevelMax= and what follows). */
import type { Unit } from '../units/model.ts';
import { parseDuration } from '../units/values/duration.ts';
import { logFacilities, logLevels, parseWordOrNumber } from '../units/values/word-list.ts';
import { betweenFields, escapeField } from '../units/values/record-field.ts';
import type { FrameFields } from '../wire/schema.ts';
import { type JournalSettings, usualLimit } from './journal-settings.ts';

/** The fields of `keep`; most units have none. */
export function logFields(unit: Unit | undefined, usual: JournalSettings['limit'], debug = false): FrameFields<'keep'> {
  if (unit === undefined || unit.accepted.size === 0) return limitFields(usual);
  const most = debug ? undefined : mostLevel(unit);
  const fields = recordFields(unit);
  return {
    levelMaxPlus1: most === undefined ? undefined : most + 1,
    ...limitFields(limitOf(unit, usual)),
    logFields: fields === '' ? undefined : fields,
  };
}

/** What the unit sets; of two settings the one that it does not set, or sets to 0, is the usual one. */
function limitOf({ accepted }: Unit, usual: JournalSettings['limit']): JournalSettings['limit'] {
  const interval = parseDuration(accepted.get('LogRateLimitIntervalSec') ?? '') ?? 0;
  const burst = Number(accepted.get('LogRateLimitBurst') ?? 0);
  if (interval === 0 && burst === 0) return usual;
  const other = usual ?? usualLimit;
  return { interval: interval === 0 ? other.interval : interval, burst: burst === 0 ? other.burst : burst };
}

function limitFields(limit: JournalSettings['limit']): FrameFields<'keep'> {
  if (limit === undefined || limit.interval <= 0 || limit.burst <= 0 || limit.interval === Infinity) return {};
  return { logInterval: BigInt(limit.interval), logBurst: limit.burst };
}

/** SyslogFacility= as a number, 0 where it is not set. */
export function facilityOf(unit: Unit | undefined): number {
  const facility = unit === undefined || unit.accepted.size === 0 ? undefined : unit.accepted.get('SyslogFacility');
  return facility === undefined ? 0 : (parseWordOrNumber(facility, logFacilities, 127) ?? 0);
}

/** SyslogFacility= and LogExtraFields= as the journal's records have fields. */
function recordFields({ accepted }: Unit): string {
  const fields: string[] = [];
  const facility = accepted.get('SyslogFacility');
  if (facility !== undefined) fields.push(`SYSLOG_FACILITY=${parseWordOrNumber(facility, logFacilities, 127) ?? 3}`);
  for (const line of (accepted.get('LogExtraFields') ?? '').split(betweenFields))
    if (line !== '') fields.push(escapeField(line));
  return fields.join(betweenFields);
}

/** LogLevelMax=: less important lines, and words of the manager about the unit, are not written. */
export function mostLevel({ accepted }: Unit): number | undefined {
  const word = accepted.size === 0 ? undefined : accepted.get('LogLevelMax');
  return word === undefined ? undefined : logLevels.split(' ').indexOf(word);
}

/** journal+console: its lines are for the console whatever is said of others. */
export function wantsConsole(unit: Unit | undefined): boolean {
  const exec = unit?.service?.exec;
  return exec !== undefined && (exec.stdout.kind.endsWith('+console') || exec.stderr.kind.endsWith('+console'));
}
