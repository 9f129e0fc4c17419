/** What a unit's settings say of its lines in the journal (systemd.exec(5), LogLevelMax= and what follows). */
import type { Unit } from '../units/model.ts';
import { parseDuration } from '../units/values/duration.ts';
import { logFacilities, logLevels, parseWordOrNumber } from '../units/values/word-list.ts';
import { betweenFields, escapeField } from '../units/values/record-field.ts';
import type { FrameFields } from '../wire/schema.ts';

/** The fields of `keep`; most units have none. */
export function logFields(unit: Unit | undefined, debug = false): FrameFields<'keep'> {
  if (unit === undefined || unit.accepted.size === 0) return {};
  const { accepted } = unit;
  const most = debug ? undefined : mostLevel(unit);
  const interval = parseDuration(accepted.get('LogRateLimitIntervalSec') ?? '') ?? 0;
  const burst = Number(accepted.get('LogRateLimitBurst') ?? 0);
  const isLimited = interval > 0 && burst > 0;
  const fields = recordFields(unit);
  return {
    levelMaxPlus1: most === undefined ? undefined : most + 1,
    logInterval: isLimited && interval !== Infinity ? BigInt(interval) : undefined,
    logBurst: isLimited ? burst : undefined,
    logFields: fields === '' ? undefined : fields,
  };
}

/** SyslogFacility= and LogExtraFields= as the journal's records have fields. */
export function recordFields({ accepted }: Unit): string {
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
