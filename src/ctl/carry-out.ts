/** A plan of units/install/ carried out and told: as systemctl does it itself, or has the manager do it. */
import { applyPlan } from '../units/install/apply.ts';
import type { InstallChange, InstallPlan } from '../units/install/change.ts';
import type { InstallWorld } from '../units/install/context.ts';
import { openInstallWorld } from '../units/install/verbs.ts';
import { type Call, complain } from './call.ts';
import { changeLine, failureOf, managerFailureOf } from './render/install-changes.ts';

/** How a verb calls itself when it fails. */
export interface Wording {
  /** "enable": Failed to enable unit, … */
  readonly alone: string;
  /** "enable unit": Failed to enable unit: … */
  readonly managed: string;
}

/** The unit files as they are now. */
export function installWorld({ services }: Pick<Call, 'services'>): InstallWorld {
  return openInstallWorld(services.files, services.units().options);
}

/** Makes the changes and says so. The number of links that were asked for, or minus an errno, which was told. */
export async function carryOut(call: Call, wording: Wording, plan: InstallPlan): Promise<number> {
  const { files, api } = call.services;
  await tellRemarks(call, plan.remarks);
  const made = applyPlan(files, plan, () => files.randomHex(8));
  if (api === undefined) return tellAlone(call, wording, made);
  const result = await tellManaged(call, wording, made);
  // systemctl asks for it when the manager has reported success, and only then.
  if (result >= 0 && call.options.reload) await api.reload();
  return result;
}

/** What reading the files had to say: where a manager runs it is the manager who says it, in its log, as the manager of systemd does. */
export async function tellRemarks(call: Call, remarks: InstallPlan['remarks']): Promise<void> {
  const { api } = call.services;
  for (const { text, level } of remarks) {
    if (api === undefined) await complain(call, text, level);
    else api.remark(level, text);
  }
}

async function tellAlone(call: Call, { alone }: Wording, made: InstallPlan): Promise<number> {
  const explain = explainer(call);
  let isTold = false;
  for (const change of made.changes) {
    if (change.kind === 'error') {
      isTold = true;
      await complain(call, failureOf(alone, change, explain));
    } else await tell(call, change);
  }
  if (made.result < 0 && !isTold) await complain(call, `Failed to ${alone}: ${explain(-made.result)}.`);
  return made.result;
}

async function tellManaged(call: Call, { managed }: Wording, made: InstallPlan): Promise<number> {
  const explain = explainer(call);
  const failure = made.changes.find((change) => change.kind === 'error');
  const good = made.changes.filter((change) => change.kind !== 'error');
  if (made.result < 0 || (failure !== undefined && good.length === 0)) {
    const why = failure === undefined ? explain(-made.result) : managerFailureOf(failure, explain);
    await complain(call, `Failed to ${managed}: ${why}`);
    return made.result < 0 ? made.result : -22;
  }
  for (const change of good) await tell(call, change);
  return made.result;
}

async function tell(call: Call, change: InstallChange): Promise<void> {
  const line = changeLine(change);
  if (line !== undefined && !call.options.quiet) await complain(call, line.text, line.level);
}

/** strerror(3) */
export function explainer({ services }: Pick<Call, 'services'>): (errno: number) => string {
  return (errno) => services.files.errorText(errno as Parameters<typeof services.files.errorText>[0]);
}
