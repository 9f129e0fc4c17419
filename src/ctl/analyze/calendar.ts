import { formatCalendar } from '../../units/values/calendar-format.ts';
import { nextElapse } from '../../units/values/calendar-next.ts';
import type { CalendarSpec } from '../../units/values/calendar-spec.ts';
import { parseCalendar } from '../../units/values/calendar.ts';
import { parseMoment } from '../../units/values/timestamp.ts';
import { complain } from '../call.ts';
import { type Fact, renderFacts } from '../render/facts.ts';
import type { AnalyzeCall } from './call.ts';
import { momentFacts } from './moment-facts.ts';
import { complainOfTime } from './time-error.ts';

/** Calendar expressions: their normal form, and when they come next. One that is none costs the others nothing but the status. */
export async function calendar(call: AnalyzeCall): Promise<number> {
  const { face } = call.services;
  const now = face.clock().realtime;
  const { baseTime } = call.options;
  const base = baseTime === undefined ? now : (parseMoment(baseTime, now, face.zones) ?? now);
  let status = 0;
  for (const [index, word] of call.words.entries()) {
    if (!(await one(call, word, base))) status = 1;
    if (index + 1 < call.words.length) await call.client.stdout('\n');
  }
  return status;
}

async function one(call: AnalyzeCall, word: string, base: number): Promise<boolean> {
  const parsed = parseCalendar(word, call.services.face.zones);
  if (!parsed.ok) {
    await complainOfTime(call, `Failed to parse calendar specification '${word}'`, parsed.fault, word, 'calendar');
    return false;
  }
  const normal = formatCalendar(parsed.spec);
  const elapses = elapsesFrom(call, parsed.spec, base);
  if (!Array.isArray(elapses)) {
    if (elapses === 'endless') await complain(call, `Infinite loop in calendar calculation: ${normal}`, 'warning');
    const why = elapses === 'endless' ? 'Resource deadlock avoided' : 'Invalid argument';
    await complain(call, `Failed to determine next elapse for '${word}': ${why}`);
    return false;
  }
  const facts: Fact[] = [...(word === normal ? [] : [['Original form:', word] as const]), ['Normalized form:', normal]];
  await call.client.stdout(renderFacts([...facts, ...elapses], call.palette));
  return true;
}

/** As many as --iterations= asks for, each after the one before. */
function elapsesFrom(call: AnalyzeCall, spec: CalendarSpec, base: number): Fact[] | 'invalid' | 'endless' {
  const facts: Fact[] = [];
  let after = base;
  for (let count = 1; count <= call.options.iterations; count++) {
    const next = nextElapse(spec, after);
    if (next === 'never') {
      if (count === 1) facts.push(['Next elapse:', 'never', call.palette.warn]);
      break;
    }
    if (typeof next === 'string') return next;
    facts.push(...momentFacts(call, count === 1 ? 'Next elapse:' : `Iter. #${count}:`, next));
    after = next;
  }
  return facts;
}
