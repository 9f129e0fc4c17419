/** enable, disable, reenable, mask, unmask: install.ts plans, this carries out and tells. systemd's src/systemctl/systemctl-enable.c. */
import { applyPlan, type InstallPlan, planDisable, planEnable, planMask, planUnmask } from '../../units/install.ts';
import type { Units } from '../../units/load.ts';
import { isTemplate, type UnitName } from '../../units/name.ts';
import { type Call, complain, noManager } from '../call.ts';
import { plainNames } from '../names.ts';
import { runJobs } from './unit-job.ts';

type Planner = typeof planEnable;

export function enable(call: Call): Promise<number> {
  return change(call, 'enable', [planEnable]);
}

export function disable(call: Call): Promise<number> {
  return change(call, 'disable', [planDisable]);
}

export function reenable(call: Call): Promise<number> {
  return change(call, 'reenable', [planDisable, planEnable]);
}

export function mask(call: Call): Promise<number> {
  return change(call, 'mask', [planMask]);
}

export function unmask(call: Call): Promise<number> {
  return change(call, 'unmask', [planUnmask]);
}

type Action = 'enable' | 'reenable' | 'disable' | 'mask' | 'unmask';

async function change(call: Call, action: Action, planners: readonly Planner[]): Promise<number> {
  const { services, options, words, invocation } = call;
  // To these verbs a path is a file, never a name to escape: `mask /` must not mask -.mount.
  const path = words.find((word) => word.includes('/'));
  if (path !== undefined)
    return refuse(call, `Failed to ${action} unit: ${path} is a path; pidone takes names of units here.`);
  const found = plainNames(call, words, call.verb);
  if (!found.ok) return refuse(call, found.message);
  const { names } = found;
  for (const note of found.notes) await complain(call, note, 'notice');
  // Asked again: the links are made, only the jobs of --now are still waited for.
  const isDone = invocation.again && services.api?.jobsOf(invocation.id) !== undefined;
  for (const planner of isDone ? [] : planners) {
    const units = services.units();
    const missing = names.find((name) => isUnknown(call, action, name));
    if (missing !== undefined) return refuse(call, `Failed to ${action} unit: Unit file ${missing} does not exist.`);
    const broken = names.find((name) => isBroken(call, action, name));
    if (broken !== undefined) return refuse(call, `Failed to ${action} unit: File ${broken}: Bad message`);
    for (const name of isMasking(action) ? names : []) await noteIfNew(call, units, name);
    const plan = planner(units, names, { runtime: options.runtime, force: options.force });
    const error = applyPlan(services.files, units.options.root, plan);
    // A line for each change, in their order.
    await tell(call, action, error === undefined ? plan.lines : plan.lines.slice(0, error.done));
    if (error !== undefined) {
      services.api?.reload();
      return refuse(call, `Failed to ${action} unit: File ${error.path}: ${services.files.errorText(error.errno)}`);
    }
    if (plan.failed) return 1;
    if (!isMasking(action) && planner === planEnable && !plan.hasInstallInfo && !options.quiet)
      await complain(call, noInstall, 'notice');
  }
  const { api } = services;
  if (api === undefined) return options.now ? refuse(call, noManager(call)) : 0;
  if (!isDone) api.reload();
  if (!options.now) return 0;
  return runJobs({ ...call, api }, action !== 'disable' && action !== 'mask' ? 'start' : 'stop', names);
}

function isUnknown(call: Call, action: Action, name: UnitName): boolean {
  if (call.services.api === undefined || isMasking(action)) return false;
  return call.services.units().load(name).load === 'not-found';
}

function isBroken(call: Call, action: Action, name: UnitName): boolean {
  if (call.services.api === undefined || isMasking(action)) return false;
  return !isTemplate(name) && call.services.units().load(name).load === 'error';
}

function isMasking(action: Action): boolean {
  return action === 'mask' || action === 'unmask';
}

/** A mask may be there before its unit. Said even with --quiet. */
async function noteIfNew({ client, services }: Call, units: Units, name: UnitName): Promise<void> {
  if (services.api === undefined || units.load(name).load !== 'not-found') return;
  await client.stderr(`Unit ${name} does not exist, proceeding anyway.\n`);
}

/** The words of install.ts are those of --root; a manager says the same a little differently. */
async function tell(call: Call, action: Action, lines: InstallPlan['lines']): Promise<void> {
  const { options, services } = call;
  if (options.quiet || lines.length === 0) return;
  const own = services.api === undefined ? lines : lines.map((line) => asManager(action, line));
  for (const line of own) await complain(call, line, line.startsWith('Failed') ? 'error' : 'info');
}

function asManager(action: Action, line: string): string {
  return line
    .replace(
      /^Failed to (\w+) unit, unit (\S+) (does not exist|is masked)\.$/,
      (_, _verb, name: string, what: string) => {
        return `Failed to ${action} unit: Unit file ${name} ${what}.`;
      },
    )
    .replace(/^Failed to (\w+) unit, file (.*)$/, (_, _verb, rest: string) => `Failed to ${action} unit: File ${rest}`)
    .replace(/^Failed to (\w+) unit, (.*)$/, (_, _verb, rest: string) => `Failed to ${action} unit: ${rest}`);
}

/** systemctl's text for a unit without an [Install] section, which packages' scripts know. */
const noInstall = `The unit files have no installation config (WantedBy=, RequiredBy=, Also=,
Alias= settings in the [Install] section, and DefaultInstance= for template
units). This means they are not meant to be enabled using systemctl.
 
Possible reasons for having this kind of units are:
• A unit may be statically enabled by being symlinked from another unit's
  .wants/ or .requires/ directory.
• A unit's purpose may be to act as a helper for some other unit which has
  a requirement dependency on it.
• A unit may be started when needed via activation (socket, path, timer,
  D-Bus, udev, scripted systemctl call, ...).
• In case of template units, the unit is meant to be enabled with some
  instance name specified.`;

async function refuse(call: Call, sentence: string): Promise<number> {
  await complain(call, sentence);
  return 1;
}
