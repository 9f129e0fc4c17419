/** is-enabled: 0 when any is enabled, or needs no enabling; else 1. systemd's src/systemctl/systemctl-is-enabled.c. */
import { errno } from '../../units/install/errno.ts';
import { InstallStates, type UnitFileState } from '../../units/install/state.ts';
import { planDisableDry } from '../../units/install/verbs.ts';
import { parseUnitName } from '../../units/name.ts';
import { type Call, complain } from '../call.ts';
import { explainer, installWorld, tellRemarks } from '../carry-out.ts';
import { plainNames } from '../names.ts';
import { sysvStep } from '../sysv.ts';

export async function isEnabled(call: Call): Promise<number> {
  const mangled = plainNames(call, call.words, 'to check');
  if (!mangled.ok) {
    await complain(call, mangled.message);
    return 1;
  }
  if (!call.invocation.again) for (const note of mangled.notes) await complain(call, note, 'notice');
  const step = await sysvStep(call, 'is-enabled', mangled.words);
  if (step.kind !== 'go-on') return 1;
  const world = installWorld(call);
  const states = new InstallStates(world);
  let status = step.enabled ? 0 : 1;
  for (const word of step.words) {
    const name = parseUnitName(word);
    const { state, remarks } = name === undefined ? { state: errno.EINVAL, remarks: [] } : states.of(name);
    await tellRemarks(call, remarks);
    if (typeof state === 'number') {
      await complain(call, `Failed to get unit file state for ${word}: ${explainer(call)(state)}`);
      return 1;
    }
    if (good.has(state)) status = 0;
    if (call.options.quiet) continue;
    await call.client.stdout(`${state}\n`);
    if (call.options.full) await showLinks(call, word);
  }
  return status;
}

/** man systemctl, "is-enabled", table 1. */
const good: ReadonlySet<UnitFileState> = new Set<UnitFileState>([
  'enabled',
  'enabled-runtime',
  'alias',
  'static',
  'indirect',
  'generated',
]);

/** --full: the links that `disable` would take away. */
async function showLinks(call: Call, word: string): Promise<void> {
  const plan = planDisableDry(installWorld(call), [word], call.options);
  for (const change of plan.changes) {
    if (change.kind === 'unlink') await call.client.stdout(`  ${change.path}\n`);
  }
}
