/** systemd-analyze syscall-filter: the groups of SystemCallFilter=, or those that are named, with their members. */
import { membersOf } from '../../units/system-calls/calls.ts';
import { groups } from '../../units/values/system-call.ts';
import { type AnalyzeCall, refuse } from './call.ts';

export async function syscallFilter(call: AnalyzeCall): Promise<number> {
  const all = groups.split(' ').map((name) => `@${name}`);
  const asked = call.words;
  const unknown = asked.find((name) => !all.includes(name));
  if (unknown !== undefined) return refuse(call, `Filter set "${unknown}" not found.`);
  const texts = (asked.length === 0 ? all : asked).map(
    (name) =>
      `${name}\n${membersOf(name.slice(1))
        .map((member) => `    ${member}\n`)
        .join('')}`,
  );
  await call.client.stdout(texts.join('\n'));
  return 0;
}
