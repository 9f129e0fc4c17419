/** add-wants, add-requires: systemd's src/systemctl/systemctl-add-dependency.c. */
import { planDependency } from '../../units/install/verbs.ts';
import { type Call, complain } from '../call.ts';
import { carryOut, installWorld } from '../carry-out.ts';
import { plainNames, targetName } from '../names.ts';

export async function addDependency(call: Call): Promise<number> {
  const [word = '', ...others] = call.words;
  const target = targetName(call, word, 'as target');
  if (!target.ok) return refuse(call, target.message);
  const names = plainNames(call, others, 'as dependency');
  if (!names.ok) return refuse(call, names.message);
  for (const note of [...target.notes, ...names.notes]) await complain(call, note, 'notice');
  const kind = call.verb === 'add-wants' ? 'wants' : 'requires';
  const plan = planDependency(installWorld(call), target.name, kind, names.words, call.options);
  const result = await carryOut(call, { alone: 'add dependency on', managed: 'add dependency' }, plan);
  return result < 0 ? 1 : 0;
}

async function refuse(call: Call, sentence: string): Promise<number> {
  await complain(call, sentence);
  return 1;
}
