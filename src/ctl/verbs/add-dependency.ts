/** add-wants, add-requires: systemd's src/systemctl/systemctl-add-dependency.c. */
import { planDependency } from '../../units/install/verbs.ts';
import { type Call, complain } from '../call.ts';
import { carryOut, installWorld } from '../carry-out.ts';
import { plainNames } from '../names.ts';

export async function addDependency(call: Call): Promise<number> {
  const [word = '', ...others] = call.words;
  const target = plainNames(call, [word], 'as target', '.target');
  if (!target.ok || target.words[0] === undefined) return refuse(call, 'Failed to mangle unit name: Invalid argument');
  const names = plainNames(call, others, 'as dependency');
  if (!names.ok) return refuse(call, names.message);
  for (const note of [...target.notes, ...names.notes]) await complain(call, note, 'notice');
  const kind = call.verb === 'add-wants' ? 'wants' : 'requires';
  const plan = planDependency(installWorld(call), target.words[0], kind, names.words, call.options);
  const result = await carryOut(call, { alone: 'add dependency on', managed: 'add dependency' }, plan);
  return result < 0 ? 1 : 0;
}

async function refuse(call: Call, sentence: string): Promise<number> {
  await complain(call, sentence);
  return 1;
}
