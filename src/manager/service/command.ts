/** Commands of a service: asked of the keeper one after another, and what their ends mean. */
import { formatSignal } from '../../units/values/signal.ts';
import type { ExecCommand, ExitStatusSet } from '../../units/exec-model.ts';
import type { ExecSlot } from '../../units/model.ts';
import type { KeeperId, Pid } from '../state.ts';
import { type Draft, after, say } from './draft.ts';
import type { SlotName } from './event.ts';
import type { CommandRun, ProcessEnd, ServiceResult, ServiceState, SlotState } from './state.ts';

export const freeSlot: SlotState = { kind: 'free' };

/** Asks the keeper for a command of a phase; false when the phase has no such command, or no keeper is left to run it. */
export function run(draft: Draft, slot: SlotName, phase: ExecSlot, index = 0): boolean {
  const command = draft.settings.commands[phase][index];
  if (command === undefined) return false;
  const keeper = keeperForCommands(draft);
  if (keeper === undefined) {
    say(draft, 'warning', `${phase}= is not run: no keeper is left to run it.`);
    return false;
  }
  draft.state[slot] = { kind: 'asked', phase, index };
  draft.effects.push({ kind: 'run', keeper, slot, phase, index, command, variables: variables(draft, phase, slot) });
  return true;
}

/** The next command of the phase that the slot was in; false when that was the last one. Its time begins anew. */
export function runNext(draft: Draft, slot: SlotName, ended: SlotState, timeout: number): boolean {
  if (ended.kind === 'free' || ended.phase === 'adopted') return false;
  if (!run(draft, slot, ended.phase, ended.index + 1)) return false;
  draft.state.deadline = after(draft, timeout);
  return true;
}

/** The keeper has forked the command of a slot, and it was executed or could not be (`failure`): the exit that follows has no more than a number. */
export function noteStarted(
  draft: Draft,
  slot: SlotName,
  pid: Pid,
  failure?: { readonly step: string; readonly why: string },
): void {
  const state = draft.state;
  const asked = state[slot];
  if (asked.kind !== 'asked') return;
  state[slot] = { kind: 'runs', phase: asked.phase, index: asked.index, pid };
  if (pid > 0) state.treeEmpty = false;
  const started: CommandRun = { pid, started: draft.moment.stamp, ended: undefined, end: undefined };
  if (slot === 'main') {
    state.mainRun = started;
    state.mainPidKnown = true;
    state.mainAlien = false;
  }
  noteRun(draft, asked.phase, asked.index, started);
  if (failure === undefined || failure.why === '') return;
  const command = commandOf(draft, asked.phase, asked.index);
  const message = `Failed at step ${failure.step} spawning ${command?.path ?? ''}: ${failure.why}`;
  say(draft, command?.ignoreFailure === true ? 'info' : 'err', message);
}

/** The process of a slot has ended: books it and says what that means for the service. The slot is free after it. */
export function noteExited(draft: Draft, slot: SlotName, end: ProcessEnd): ServiceResult {
  const state = draft.state;
  const was = state[slot];
  state[slot] = freeSlot;
  const oneshot = draft.settings.type === 'oneshot';
  let result = resultOf(end, slot === 'main' && !oneshot, draft.settings.successExitStatus);
  // An adopted main process came out of ExecStart=: its prefixes count (systemd.service(5), "-").
  const command = was.kind === 'free' ? undefined : commandOf(draft, was.phase, was.index);
  if (command?.ignoreFailure === true) result = 'success';
  if (slot === 'control' && state.sub === 'condition' && result === 'exit-code' && end.status < 255) {
    result = 'exec-condition';
    draft.effects.push({ kind: 'condition-unmet' });
  }
  if (was.kind === 'runs') {
    const previous = was.phase === 'adopted' ? state.mainRun : state.runs[was.phase]?.[was.index];
    const ended: CommandRun = {
      pid: was.pid,
      started: previous?.started ?? draft.moment.stamp,
      ended: draft.moment.stamp,
      end,
    };
    if (slot === 'main') state.mainRun = ended;
    if (was.phase !== 'adopted') noteRun(draft, was.phase, was.index, ended);
  }
  const name = was.kind === 'free' || slot === 'main' ? 'Main' : 'Control';
  // An end that is none of a failure is nothing to tell, whatever its number; who left with one has mostly said why (unit_log_process_exit()).
  if (result !== 'success' && result !== 'exec-condition')
    say(draft, end.code === 'exited' ? 'notice' : 'warning', `${name} process exited, ${describeEnd(end)}`);
  return result;
}

/** systemd's is_clean_exit() (src/basic/process-util.c, src/shared/exit-status.c). `daemon`: it may be ended by a signal that asks for it. */
export function resultOf(end: ProcessEnd, daemon: boolean, success: ExitStatusSet): ServiceResult {
  switch (end.code) {
    // A process that was nobody's child of ours: nobody can know.
    case 'unknown':
      return 'success';
    case 'exited':
      return end.status === 0 || success.statuses.has(end.status) ? 'success' : 'exit-code';
    case 'killed':
      return (daemon && isRequestToEnd(end.status)) || success.signals.has(end.status) ? 'success' : 'signal';
    case 'dumped':
      return 'core-dump';
  }
}

/** A keeper that can run a command now; the spare one is made when the first was killed and nothing is left of its tree. */
function keeperForCommands(draft: Draft): KeeperId | undefined {
  const state = draft.state;
  if (state.keeperLost && state.spareKeeper !== undefined) {
    state.keeper = state.spareKeeper;
    state.spareKeeper = undefined;
    state.keeperLost = false;
    draft.effects.push({ kind: 'make-keeper', keeper: state.keeper, invocation: state.invocation });
  }
  return state.keeperLost ? undefined : state.keeper;
}

function commandOf(draft: Draft, phase: ExecSlot | 'adopted', index: number): ExecCommand | undefined {
  return draft.settings.commands[phase === 'adopted' ? 'ExecStart' : phase][index];
}

function noteRun(draft: Draft, phase: ExecSlot, index: number, run: CommandRun): void {
  const runs = [...(draft.state.runs[phase] ?? [])];
  runs[index] = run;
  draft.state.runs = { ...draft.state.runs, [phase]: runs };
}

/** Variables that depend on the running (service_spawn(); systemd.exec(5), "Environment variables set or propagated by the service manager"). */
function variables(draft: Draft, phase: ExecSlot, slot: SlotName): readonly string[] {
  const { state, settings } = draft;
  const all: string[] = [];
  if (slot === 'control' && state.main.kind === 'runs') all.push(`MAINPID=${state.main.pid}`);
  if (settings.pidFile !== '') all.push(`PIDFILE=${settings.pidFile}`);
  if (slot === 'main' && state.watchdogUsec !== undefined) all.push(`WATCHDOG_USEC=${state.watchdogUsec}`);
  if (state.debug) all.push('DEBUG_INVOCATION=1');
  if (phase === 'ExecStop' || phase === 'ExecStopPost') all.push(...endVariables(state, ''));
  return all;
}

/** How a service and its main process ended, for its own commands or, with a prefix, for another's. */
export function endVariables({ result, mainRun }: ServiceState, prefix: '' | 'MONITOR_'): readonly string[] {
  const all = [`${prefix}SERVICE_RESULT=${result}`];
  const end = mainRun?.end;
  if (end === undefined || end.code === 'unknown') return all;
  const status = end.code === 'exited' ? end.status : signalName(end.status);
  return [...all, `${prefix}EXIT_CODE=${end.code}`, `${prefix}EXIT_STATUS=${status}`];
}

/** As systemd tells an end, with the signal's or the status' name. */
function describeEnd(end: ProcessEnd): string {
  if (end.code === 'unknown') return 'code=unknown';
  if (end.code === 'exited') return `code=exited, status=${end.status}/${statusName(end.status)}`;
  return `code=${end.code}, status=${end.status}/${signalName(end.status)}`;
}

function signalName(signal: number): string {
  return formatSignal(signal).replace(/^SIG/, '');
}

/** EXIT_STATUS_LIBC and EXIT_STATUS_SYSTEMD (src/shared/exit-status.c). */
function statusName(status: number): string {
  return statusNames[status] ?? 'n/a';
}

const statusNames: Readonly<Record<number, string>> = {
  0: 'SUCCESS',
  1: 'FAILURE',
  2: 'INVALIDARGUMENT',
  3: 'NOTIMPLEMENTED',
  4: 'NOPERMISSION',
  5: 'NOTINSTALLED',
  6: 'NOTCONFIGURED',
  7: 'NOTRUNNING',
  200: 'CHDIR',
  201: 'NICE',
  202: 'FDS',
  203: 'EXEC',
  204: 'MEMORY',
  205: 'LIMITS',
  206: 'OOM_ADJUST',
  207: 'SIGNAL_MASK',
  208: 'STDIN',
  209: 'STDOUT',
  210: 'CHROOT',
  211: 'IOPRIO',
  212: 'TIMERSLACK',
  213: 'SECUREBITS',
  214: 'SETSCHEDULER',
  215: 'CPUAFFINITY',
  216: 'GROUP',
  217: 'USER',
  218: 'CAPABILITIES',
  219: 'CGROUP',
  220: 'SETSID',
  221: 'CONFIRM',
  222: 'STDERR',
  224: 'PAM',
  225: 'NETWORK',
  226: 'NAMESPACE',
  227: 'NO_NEW_PRIVILEGES',
  228: 'SECCOMP',
  229: 'SELINUX_CONTEXT',
  230: 'PERSONALITY',
  231: 'APPARMOR',
  232: 'ADDRESS_FAMILIES',
  233: 'RUNTIME_DIRECTORY',
  235: 'CHOWN',
  236: 'SMACK_PROCESS_LABEL',
  237: 'KEYRING',
  238: 'STATE_DIRECTORY',
  239: 'CACHE_DIRECTORY',
  240: 'LOGS_DIRECTORY',
  241: 'CONFIGURATION_DIRECTORY',
  242: 'NUMA_POLICY',
  243: 'CREDENTIALS',
  244: 'BPF',
  255: 'EXCEPTION',
};

/** SIGHUP, SIGINT, SIGPIPE, SIGTERM */
function isRequestToEnd(signal: number): boolean {
  return signal === 1 || signal === 2 || signal === 13 || signal === 15;
}
