import { parseTimestamp } from '../../units/values/timestamp.ts';
import { type Fact, renderFacts } from '../render/facts.ts';
import type { AnalyzeCall } from './call.ts';
import { momentFacts } from './moment-facts.ts';
import { complainOfTime } from './time-error.ts';

/** Points in time, as systemd writes them. One that is none costs the others nothing but the status. */
export async function timestamp(call: AnalyzeCall): Promise<number> {
  let status = 0;
  for (const [index, word] of call.words.entries()) {
    if (!(await one(call, word))) status = 1;
    if (index + 1 < call.words.length) await call.client.stdout('\n');
  }
  return status;
}

async function one(call: AnalyzeCall, word: string): Promise<boolean> {
  const { face } = call.services;
  const moment = parseTimestamp(word, face.clock().realtime, face.zones);
  if (!moment.ok) {
    await complainOfTime(call, `Failed to parse "${word}"`, moment.reason, word, 'timestamp');
    return false;
  }
  const [seconds, fraction] = [moment.usec / 1_000_000n, moment.usec % 1_000_000n];
  const unix = fraction === 0n ? `@${seconds}` : `@${seconds}.${String(fraction).padStart(6, '0')}`;
  const facts: Fact[] = [
    ['Original form:', word],
    ...momentFacts(call, 'Normalized form:', moment.usec, [['UNIX seconds:', unix]]),
  ];
  await call.client.stdout(renderFacts(facts, call.palette));
  return true;
}
