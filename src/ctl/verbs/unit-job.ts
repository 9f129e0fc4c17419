/**
 * start, stop, restart and their kin: one transaction a name, then all jobs are waited for. systemd's
 * src/systemctl/systemctl-start-unit.c. Nothing is lost when the manager goes away meanwhile: the jobs stay under the request's id, and
 * what was refused before is in the cursor.
 */
import type { JobId, JobRequest, ManagerErrorCode, UnitView } from '../../manager/api.ts';
import type { JobMode } from '../../units/model.ts';
import { type UnitName, unitType } from '../../units/name.ts';
import { complain, type ManagedCall } from '../call.ts';
import { isMounted } from '../mounted.ts';
import { findNames, isGlob } from '../names.ts';
import { jobFailure } from '../render/job-result.ts';
import { warnOfChangedFiles } from '../render/warnings.ts';

type JobOfVerb = JobRequest | 'isolate';

/** Verbs, older spellings included, as jobs. */
const jobOfVerb: ReadonlyMap<string, JobOfVerb> = new Map([
  ['start', 'start'],
  ['stop', 'stop'],
  ['reload', 'reload'],
  ['restart', 'restart'],
  ['try-restart', 'try-restart'],
  ['condrestart', 'try-restart'],
  ['reload-or-restart', 'reload-or-restart'],
  ['try-reload-or-restart', 'reload-or-try-restart'],
  ['reload-or-try-restart', 'reload-or-try-restart'],
  ['condreload', 'reload-or-try-restart'],
  ['force-reload', 'reload-or-try-restart'],
  ['isolate', 'isolate'],
]);

export async function unitJob(call: ManagedCall): Promise<number> {
  const asked = jobOfVerb.get(call.verb);
  if (asked === undefined) throw new Error(`internal error: ${call.verb} is no verb for jobs`);
  const found = findNames(call, call.words, asked === 'isolate' ? '.target' : '.service');
  if (!found.ok) {
    await complain(call, found.message);
    return 1;
  }
  if (call.verb === 'start' && !call.options.all && !call.options.quiet && call.words.some(isGlob)) {
    const { bad, warn } = call.palette;
    await call.client.stderr(`${warn(`Warning: ${bad('systemctl start called with a glob pattern.')}`)}\n`);
    await complain(call, globHint, 'notice');
  }
  for (const note of found.notes) await complain(call, note, 'notice');
  return runJobs(call, asked === 'isolate' ? 'start' : asked, found.names, asked === 'isolate' ? 'isolate' : undefined);
}

/** systemctl's own words. */
const globHint = `Hint: unit globs expand to loaded units, so start will usually have no effect.
      Passing --all will also load units which are pulled in by other units.
      See systemctl(1) for more details.`;

/** The same for `enable --now` and its like. */
export async function runJobs(
  call: ManagedCall,
  what: JobRequest,
  names: readonly UnitName[],
  mode?: JobMode,
): Promise<number> {
  const { invocation, client, options } = call;
  // Without a cursor nothing of what was refused has been said: the manager knows what it made a job for.
  const isKnown = invocation.again && invocation.cursor !== '';
  const status = isKnown ? Number(invocation.cursor) : await enqueueAll(call, what, names, mode);
  if (!isKnown) client.cursor(String(status));
  if (!options.block) return status;
  if (await waitForJobs(call, names)) return 1;
  if (what === 'stop' && !options.quiet) await warnOfTriggering(call, names);
  if (options.wait && status === 0 && what !== 'stop') return waitForEnds(call, names);
  return status;
}

const jobModes: ReadonlySet<string> = new Set<JobMode>([
  'fail',
  'replace',
  'replace-irreversibly',
  'isolate',
  'flush',
  'ignore-dependencies',
  'ignore-requirements',
  'triggering',
  'restart-dependencies',
]);

/** All are asked for before anything is said, so that no crash can come between them. The first refusal's status. */
async function enqueueAll(
  call: ManagedCall,
  what: JobRequest,
  names: readonly UnitName[],
  mode: JobMode | undefined,
): Promise<number> {
  const { api, invocation, options } = call;
  const sentences: string[] = [];
  const enqueued: string[] = [];
  const passedOver: string[] = [];
  let status = 0;
  for (const name of names) {
    if (!jobModes.has(options.jobMode)) {
      sentences.push(`Failed to ${what} ${name}: Job mode ${options.jobMode} invalid`, seeStatus(name));
      status = 1;
      continue;
    }
    const before = options.showTransaction ? new Set(api.jobs().map(({ id }) => id)) : undefined;
    const outcome = api.enqueue(invocation.id, what, name, mode ?? (options.jobMode as JobMode));
    if (outcome.ok) {
      if (before !== undefined) enqueued.push(...transactionLines(api, outcome.value, before, what, name));
      const note = what === 'start' || what.endsWith('restart') ? noteOfStandIn(call, name) : undefined;
      if (note !== undefined) passedOver.push(note);
      continue;
    }
    const { code, message } = outcome.error;
    // Who asks only for what runs need not know of a mask.
    if (code === 'UnitMasked' && tries.has(what)) continue;
    sentences.push(`Failed to ${what} ${name}: ${message}`);
    if (!speakForThemselves.has(code)) sentences.push(seeStatus(name));
    if (status === 0) status = statusOfError(code);
  }
  if (enqueued.length > 0) await complain(call, enqueued.join('\n'), 'info');
  if (passedOver.length > 0 && !options.quiet) await complain(call, passedOver.join('\n'), 'notice');
  if (sentences.length > 0) await complain(call, sentences.join('\n'));
  if (!options.quiet) await warnOfChangedFiles(call, names);
  return status;
}

/** That nothing was started, unless there was nothing to start: slices and what packages only require are there by being named, and so is what the engine has mounted. */
function noteOfStandIn({ api, services }: ManagedCall, name: UnitName): string | undefined {
  const { unit } = api.view(name);
  const { standIn } = unit;
  if (standIn === undefined) return undefined;
  const type = unitType(unit.name);
  if (standIn.active && !hardware.has(type)) return undefined;
  if (type === 'mount' && isMounted(services.files, unit.name)) return undefined;
  return `${name} is not run in a container: ${standIn.reason}.`;
}

const hardware: ReadonlySet<string> = new Set(['mount', 'automount', 'swap', 'device']);

/** What was stopped may be started again by a socket, a timer or a path that is up (check_triggering_units()). */
async function warnOfTriggering(call: ManagedCall, names: readonly UnitName[]): Promise<void> {
  const { api } = call;
  for (const name of names) {
    const { unit } = api.view(name);
    if (unit.load === 'masked') continue;
    const others = api.dependencies(unit.name, 'TriggeredBy').filter((other) => isUp(api.view(other)));
    if (others.length === 0) continue;
    const lead = `Warning: Stopping ${unit.name}, but it can still be activated by:`;
    await complain(call, [lead, ...others.map((other) => `  ${other}`)].join('\n'), 'warning');
  }
}

/** A unit that only stands in starts nothing. */
function isUp({ active, unit }: UnitView): boolean {
  return (active === 'active' || active === 'reloading') && unit.standIn === undefined;
}

/** --show-transaction: the job that was asked for, and those that came with it. */
function transactionLines(
  api: ManagedCall['api'],
  anchor: JobId,
  before: ReadonlySet<JobId>,
  what: JobRequest,
  name: UnitName,
): readonly string[] {
  // One that had nothing to do is over already.
  const type = installable.has(what) ? what : 'nop';
  const lines: string[] = [];
  if (!api.jobs().some(({ id }) => id === anchor))
    lines.push(`Enqueued anchor job ${anchor} ${api.view(name).unit.name}/${type}.`);
  for (const { id, unit, type } of api.jobs()) {
    if (id === anchor) lines.unshift(`Enqueued anchor job ${id} ${unit}/${type}.`);
    else if (!before.has(id)) lines.push(`Enqueued auxiliary job ${id} ${unit}/${type}.`);
  }
  return lines;
}

const installable: ReadonlySet<JobRequest> = new Set(['start', 'stop', 'reload', 'restart', 'verify-active']);

const tries: ReadonlySet<JobRequest> = new Set(['try-restart', 'reload-or-try-restart']);

/** Errors after which systemctl does not point to the logs. */
const speakForThemselves: ReadonlySet<ManagerErrorCode> = new Set(['NoSuchUnit', 'UnitMasked', 'JobTypeNotApplicable']);

function seeStatus(name: UnitName): string {
  return `See system logs and 'systemctl status ${name}' for details.`;
}

/** translate_bus_error_to_exit_status(): LSB's numbers. */
function statusOfError(code: ManagerErrorCode): number {
  switch (code) {
    case 'NoSuchUnit':
      return 5;
    case 'JobTypeNotApplicable':
      return 3;
    case 'TransactionIsDestructive':
    case 'NoIsolation':
    case 'OnlyByDependency':
      return 4;
    default:
      return 1;
  }
}

/** True: a job did not come to a good end, which was told. */
async function waitForJobs(call: ManagedCall, names: readonly UnitName[]): Promise<boolean> {
  const { api, client, invocation, options } = call;
  let failed = false;
  const gone = client.gone.then(() => undefined);
  const jobs = api.jobsOf(invocation.id) ?? [];
  const asked = new Map(names.map((name) => [api.view(name).unit.name, name]));
  // All are listened to from the start: a job that ends while another is waited for may be forgotten.
  const ends = jobs.map((job) => api.ended(job));
  for (const end of ends) {
    const outcome = await Promise.race([end, gone]);
    if (outcome === undefined) return false;
    const { result, unit } = outcome;
    if (result === 'done' || result === 'skipped') continue;
    failed = true;
    if (options.quiet) continue;
    await complain(call, jobFailure(asked.get(unit) ?? unit, result, api.view(unit).service?.result));
  }
  return failed;
}

/** --wait: until none of the units is up any more. */
async function waitForEnds(call: ManagedCall, names: readonly UnitName[]): Promise<number> {
  const { api, client } = call;
  const gone = client.gone.then(() => undefined);
  for (;;) {
    const states = names.map((name) => api.view(name));
    const isOver = states.every(
      ({ active, job }) => job === undefined && (active === 'inactive' || active === 'failed'),
    );
    if (isOver) return states.some(({ active }) => active === 'failed') ? 1 : 0;
    await Promise.race([api.changed(), gone]);
    if (client.isGone()) return 1;
  }
}
