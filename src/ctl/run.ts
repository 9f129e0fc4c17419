/** systemd-run: a command as a transient unit. systemd's src/run/run.c. A part of its own: few need it. */
import type { JobId, ManagerApi, ManagerError, TransientUnit } from '../manager/api.ts';
import type { JobMode } from '../units/model.ts';
import { mangleUnitName, needsEscape, type UnitName, unitType } from '../units/name.ts';
import { sliceOf } from '../units/implicit.ts';
import { parseCalendar } from '../units/values/calendar.ts';
import { complain, noManager } from './call.ts';
import type { ClientPort, Invocation, Services } from './port.ts';
import { type Palette, paletteFor, plain } from './render/colour.ts';
import { jobFailure } from './render/job-result.ts';
import { findCommand } from './run/command.ts';
import { planExec, type ScopeExec } from './run/exec.ts';
import { runHelp } from './run/help.ts';
import { parseRun, type RunOptions } from './run/options.ts';
import {
  explainLine,
  type Planned,
  type PlannedLine,
  planScope,
  planService,
  planTrigger,
  type RunFacts,
  transientText,
} from './run/plan.ts';
import { waitForEnd } from './run/wait.ts';
import { tellItself } from './front.ts';

/** Loaded along with the rest. */
export { setProperty } from './run/set-property.ts';

/** One command line under way. */
export interface RunCall {
  readonly services: Services;
  readonly api: ManagerApi;
  readonly invocation: Invocation;
  readonly client: ClientPort;
  readonly palette: Palette;
  readonly options: RunOptions;
}

/** A unit that is to be made. */
interface PlannedUnit {
  readonly name: UnitName;
  readonly lines: readonly PlannedLine[];
}

export async function runTransient(services: Services, invocation: Invocation, client: ClientPort): Promise<number> {
  const palette = paletteFor(invocation);
  const parsed = parseRun(invocation.arguments, (text) => parseCalendar(text, services.face.zones).ok);
  switch (parsed.kind) {
    case 'refused': {
      const isGetopt = parsed.message.startsWith('systemd-run: ');
      await complain({ client, palette: isGetopt ? plain : palette }, parsed.message);
      return 1;
    }
    case 'help':
    case 'version':
      return tellItself(parsed, runHelp, services, client);
    case 'run':
  }
  const { api } = services;
  const { options } = parsed;
  if (api === undefined) {
    await complain({ client, palette }, noManager({ services, invocation }));
    return 1;
  }
  const call: RunCall = { services, api, invocation, client, palette, options };
  if (invocation.cursor === told || api.jobsOf(invocation.id) !== undefined) return goOn(call);
  const wants = options.flags.has('scope') ? undefined : streamsWanted(call);
  if (wants === undefined) return begin(call);
  if (invocation.cursor.startsWith(offered)) return begin(call, invocation.cursor.slice(offered.length));
  const streams = api.streamsPath(invocation.id);
  client.errand({ program: [], input: '', cursor: offered.trim(), streams, terminal: wants === 'terminal' ? 1 : 0 });
  return 0;
}

/** What the cursor of a client begins with that listens for its unit; the name of its terminal comes behind, or 0. */
const offered = 'streams\n';

/** --pty, --pipe; with both (--shell asks for both) it depends on where the caller is. */
function streamsWanted({ invocation, options }: RunCall): 'terminal' | 'pipe' | undefined {
  const isShell = options.flags.has('shell');
  const pty = isShell || options.flags.has('pty');
  const pipe = isShell || options.flags.has('pipe');
  const { stdin, stdout, stderr } = invocation.terminal;
  if (pty && pipe) return stdin && stdout && stderr ? 'terminal' : 'pipe';
  return pty ? 'terminal' : pipe ? 'pipe' : undefined;
}

/** Makes the units, and waits for what was asked for. */
async function begin(call: RunCall, terminal?: string): Promise<number> {
  const { api, invocation, options } = call;
  const notes: string[] = [];
  const planned = planUnits(call, notes, terminal === '0' ? undefined : terminal);
  if (!options.flags.has('quiet')) for (const note of notes) await complain(call, note, 'notice');
  if (!planned.ok) return refuse(call, planned.message);
  const streams = terminal === undefined ? undefined : api.streamsPath(invocation.id);
  const member = options.flags.has('scope') ? invocation.pid : undefined;
  if (member === 0) return refuse(call, 'The caller is no process of this container.');
  const units: TransientUnit[] = planned.value.map(({ name, lines }) => ({
    name,
    text: transientText(lines),
    streams,
    member,
  }));
  const outcome = api.startTransient(
    invocation.id,
    units,
    (options.texts.get('job-mode') ?? 'fail') as JobMode,
    isWaitedFor(options),
  );
  if (!outcome.ok) return refuse(call, explain(planned.value, units, outcome.error));
  return goOn(
    call,
    planned.value.map(({ name }) => name),
  );
}

/** The units are there, be it that a manager before this one has made them. */
async function goOn(call: RunCall, made?: readonly UnitName[]): Promise<number> {
  const { api, client, invocation, options } = call;
  const planned = made === undefined ? planUnits(call, [], undefined) : undefined;
  const [first, aside] = made ?? (planned?.ok === true ? planned.value.map(({ name }) => name) : []);
  const job = api.jobsOf(invocation.id)?.[0];
  if (first === undefined || job === undefined) return refuse(call, 'What has become of it is not known any more.');
  const exec = options.flags.has('scope') ? planExec(options, invocation, call.services.files) : undefined;
  if (exec?.ok === false) return refuse(call, exec.message);
  const failed = !options.flags.has('no-block') ? await failureOf(call, first, job) : '';
  if (failed === undefined) return 1;
  if (failed !== '') {
    if (!options.flags.has('quiet')) await complain(call, failed);
    return 1;
  }
  if (!options.flags.has('quiet') && invocation.cursor !== told) {
    const type = unitType(first);
    await complain(call, `Running ${type === 'service' ? '' : `${type} `}as unit: ${first}`, 'info');
    if (aside !== undefined) await complain(call, `Will run service as unit: ${aside}`, 'info');
    if (streamsWanted(call) === 'terminal')
      await complain(call, 'Press ^] three times within 1s to disconnect TTY.', 'info');
  }
  if (exec !== undefined) return becomeCommand(call, exec.value);
  if (!isWaitedFor(options)) return 0;
  // A terminal is joined from here on.
  client.cursor(told);
  const status = await waitForEnd(call, first);
  return client.isGone() ? 1 : status;
}

/** The caller becomes the command, in its own session and at its own terminal. */
async function becomeCommand(call: RunCall, plan: ScopeExec): Promise<number> {
  const facts = factsOf(call, undefined, undefined);
  if (!facts.ok || facts.value === undefined) return refuse(call, facts.ok ? '' : facts.message);
  const { command, environment } = facts.value;
  const set = [...environment, ...plan.set];
  const program = [command.path, ...command.argv.slice(1)];
  call.client.errand({ ...plan, program, input: '', cursor: told, become: 1, set });
  return 0;
}

/** '' when the job came to a good end; undefined: the client has left. */
async function failureOf({ api, client }: RunCall, name: UnitName, job: JobId): Promise<string | undefined> {
  const outcome = await Promise.race([api.ended(job), client.gone]);
  if (outcome === undefined) return undefined;
  const { result, unit } = outcome;
  if (result === 'done' || result === 'skipped') return '';
  return jobFailure(name, result, api.view(unit).service?.result);
}

/** The cursor of a client that knows that its unit runs. */
const told = 'told';

function isWaitedFor({ flags }: RunOptions): boolean {
  return flags.has('wait') || flags.has('shell') || flags.has('pty') || flags.has('pipe');
}

/** The first is the one to start. */
function planUnits(call: RunCall, notes: string[], terminal: string | undefined): Planned<readonly PlannedUnit[]> {
  const { invocation, options } = call;
  const trigger = triggerOf(options);
  const isScope = options.flags.has('scope');
  const named = mangled(options.texts.get('unit'), isScope ? '.scope' : '.service', notes);
  if (!named.ok) return named;
  const slice = mangled(options.texts.get('slice'), '.slice', notes);
  if (!slice.ok) return slice;
  if (slice.value !== undefined && unitType(slice.value) !== 'slice')
    return cannot('service', `Unit name '${slice.value}' is not a slice`);
  const facts = factsOf(call, sliceWithin(call, slice.value), terminal);
  if (!facts.ok) return facts;
  const given = named.value ?? (`run-r${invocation.id}.${isScope ? 'scope' : 'service'}` as UnitName);
  if (isScope) {
    if (unitType(given) !== 'scope') return cannot('scope', 'Cannot set property PIDs, or unknown property.');
    const lines = facts.value === undefined ? undefined : planScope(options, facts.value);
    if (lines?.ok !== true) return lines ?? { ok: false, message: 'Command line to execute required.' };
    return { ok: true, value: [{ name: given, lines: lines.value }] };
  }
  if (trigger === undefined) {
    // Only a service has a command.
    if (unitType(given) !== 'service') return cannot('service', 'Cannot set property ExecStart, or unknown property.');
    if (facts.value === undefined) return { ok: false, message: 'Command line to execute required.' };
    const lines = planService(options, facts.value);
    return lines.ok ? { ok: true, value: [{ name: given, lines: lines.value }] } : lines;
  }
  const stem = given.slice(0, given.lastIndexOf('.'));
  const service = `${stem}.service` as UnitName;
  const lines = planTrigger(trigger, options, facts.value, service);
  if (!lines.ok) return lines;
  const units: PlannedUnit[] = [{ name: `${stem}.${trigger}` as UnitName, lines: lines.value }];
  if (facts.value !== undefined) {
    const own = planService(options, facts.value);
    if (!own.ok) return own;
    units.push({ name: service, lines: own.value });
  }
  return { ok: true, value: units };
}

/** --slice-inherit: below the slice of the unit that the caller belongs to. */
function sliceWithin({ api, invocation, options }: RunCall, slice: UnitName | undefined): UnitName | undefined {
  if (!options.flags.has('slice-inherit')) return slice;
  const own = invocation.pid === 0 ? undefined : api.unitOfPid(invocation.pid);
  const around = own === undefined ? '-.slice' : sliceOf(own, api.view(own).unit.accepted);
  if (slice === undefined) return around as UnitName;
  return around === '-.slice' ? slice : (`${around.slice(0, -'.slice'.length)}-${slice}` as UnitName);
}

function triggerOf(options: RunOptions): 'timer' | 'path' | 'socket' | undefined {
  return (['path', 'socket', 'timer'] as const).find((type) => options.lists.has(`${type}-property`));
}

/** Without a command, what is started is there already. */
function factsOf(
  call: RunCall,
  slice: UnitName | undefined,
  terminal: string | undefined,
): Planned<RunFacts | undefined> {
  const { invocation, options } = call;
  const words = options.flags.has('shell') ? [invocation.environment.get('SHELL') ?? '/bin/sh'] : options.words;
  if (words.length === 0) return { ok: true, value: undefined };
  const [path = ''] = words;
  // Below another root it is looked for when it is run.
  const isElsewhere = options.lists.get('property')?.some((each) => /^Root(?:Directory|Image)=./.test(each)) === true;
  const command = isElsewhere
    ? ({ ok: true, value: { path, argv: words } } as const)
    : findCommand(call.services.files, words, invocation);
  if (!command.ok) return command;
  const term = terminal === undefined ? undefined : invocation.environment.get('TERM');
  const environment: string[] = term === undefined ? [] : [`TERM=${term}`];
  for (const each of options.lists.get('setenv') ?? []) {
    environment.push(each.includes('=') ? each : `${each}=${invocation.environment.get(each) ?? ''}`);
  }
  const { directory } = invocation;
  return {
    ok: true,
    value: { command: command.value, directory, environment, slice, terminal },
  };
}

function mangled(
  word: string | undefined,
  suffix: '.service' | '.slice' | '.scope',
  notes: string[],
): Planned<UnitName | undefined> {
  if (word === undefined) return { ok: true, value: undefined };
  const name = mangleUnitName(word, suffix);
  if (name === undefined) return { ok: false, message: 'Failed to mangle unit name: Invalid argument' };
  if (needsEscape(word)) {
    const shown = name.endsWith(suffix) && !word.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
    notes.push(`Invalid unit name "${word}" escaped as "${shown}" (maybe you should use systemd-escape?).`);
  }
  return { ok: true, value: name };
}

function cannot(type: string, why: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message: `Failed to start transient ${type} unit: ${why}` };
}

function explain(planned: readonly PlannedUnit[], units: readonly TransientUnit[], error: ManagerError): string {
  const [first] = planned;
  const type = first === undefined ? 'service' : unitType(first.name);
  const { line } = error;
  if (line === undefined) return cannot(type, error.message).message;
  const at = units.findIndex(({ name }) => name === error.unit);
  const unit = planned[at];
  return unit === undefined ? error.message : explainLine(unit.name, unit.lines, units[at]?.text ?? '', line);
}

async function refuse(call: RunCall, sentence: string): Promise<number> {
  await complain(call, sentence);
  return 1;
}
