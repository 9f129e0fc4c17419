/** get-default, set-default: the default.target link. systemd's src/systemctl/systemctl-set-default.c. */
import { errno } from '../../units/install/errno.ts';
import { findDefault, planSetDefault } from '../../units/install/verbs.ts';
import { type Call, complain } from '../call.ts';
import { carryOut, explainer, installWorld, tellRemarks } from '../carry-out.ts';
import { targetName } from '../names.ts';

export async function getDefault(call: Call): Promise<number> {
  const found = await tellDefault(call);
  if (found === undefined) return 1;
  await call.client.stdout(`${found}\n`);
  return 0;
}

/** The name, or undefined when there is none, which was told. */
async function tellDefault(call: Call): Promise<string | undefined> {
  const { name, remarks } = findDefault(installWorld(call));
  await tellRemarks(call, remarks);
  if (typeof name === 'string') return name;
  const why = -name === errno.ERFKILL ? 'Unit file is masked.' : explainer(call)(-name);
  await complain(call, `Failed to get default target: ${why}`);
  return undefined;
}

export async function setDefault(call: Call): Promise<number> {
  const mangled = targetName(call, call.words[0] ?? '', 'set-default');
  if (!mangled.ok) {
    await complain(call, mangled.message);
    return 1;
  }
  for (const note of mangled.notes) await complain(call, note, 'notice');
  const word = mangled.name;
  const plan = planSetDefault(installWorld(call), word);
  const result = await carryOut(call, { alone: 'set default', managed: 'set default target' }, plan);
  if (result < 0) return 1;
  if (call.options.quiet) return 0;
  const now = await tellDefault(call);
  if (now === undefined) return 1;
  if (now !== word) await complain(call, `Note: "${now}" is the default unit (possibly a runtime override).`, 'notice');
  return 0;
}
