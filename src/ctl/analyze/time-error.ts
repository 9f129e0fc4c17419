/** What systemd-analyze says of a text that is no time of the wanted kind, with a hint where it is one of another kind. */
import { parseSpan } from '../../units/values/duration.ts';
import { complain } from '../call.ts';
import { parseCalendar } from '../../units/values/calendar.ts';
import { parseTimestamp } from '../../units/values/timestamp.ts';
import type { AnalyzeCall } from './call.ts';

export type TimeKind = 'calendar' | 'timestamp' | 'timespan';
export type TimeFault = 'invalid' | 'range' | 'too-many';

/** `what` was tried: "Failed to parse …". */
export async function complainOfTime(
  call: AnalyzeCall,
  what: string,
  fault: TimeFault,
  word: string,
  wanted: TimeKind,
): Promise<void> {
  await complain(call, `${what}: ${faultText[fault]}`);
  for (const [kind, name] of kinds) {
    if (kind === wanted || !isTime(call, kind, word)) continue;
    const hint = `Hint: this expression is a valid ${name}. Use 'systemd-analyze ${kind} "${word}"' instead?`;
    await complain(call, hint, 'notice');
  }
}

const faultText: Readonly<Record<TimeFault, string>> = {
  invalid: 'Invalid argument',
  range: 'Numerical result out of range',
  'too-many': 'No buffer space available',
};

const kinds: readonly (readonly [TimeKind, string])[] = [
  ['calendar', 'calendar specification'],
  ['timestamp', 'timestamp'],
  ['timespan', 'timespan'],
];

function isTime({ services }: AnalyzeCall, kind: TimeKind, word: string): boolean {
  switch (kind) {
    case 'calendar':
      return parseCalendar(word, services.face.zones).ok;
    case 'timestamp':
      return parseTimestamp(word, services.face.clock().realtime, services.face.zones).ok;
    case 'timespan':
      return parseSpan(word).ok;
  }
}

/** The letter of micro, where the locale has it (systemd's special_glyph()). */
export function micro({ invocation }: AnalyzeCall): string {
  const of = (name: string): string => invocation.environment.get(name) ?? '';
  const locale = of('LC_ALL') || of('LC_CTYPE') || of('LANG') || 'C';
  return /^(C|POSIX)$/.test(locale) ? 'u' : 'μ';
}
