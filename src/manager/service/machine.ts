/**
 * The life of a service.
 *
 * A service is `dead` or `failed` until a start job comes. Then a new invocation begins, with a keeper of its own, below
 * which all its processes will be for ever. ExecCondition= is asked (`condition`), ExecStartPre= runs (`start-pre`), one
 * command after another in the control slot, and ExecStart= (`start`): in the main slot, but for a forking service in
 * the control slot, whose parent process ends when the daemon is there. What `start` waits for is the type's matter: the
 * fork (simple, idle), the exec (exec), the end (oneshot), the end of the first process and then the PID file or a guess
 * (forking), READY=1 (notify). After ExecStartPost= (`start-post`) it is `running`, for as long as its main process is
 * (where nobody knows that: its tree); a service that may end well (RemainAfterExit=) is then `exited`, still up.
 *
 * The way down: ExecStop= (`stop`) only if it was up or ended well; then the signals of KillMode= (`stop-sigterm`, and
 * `stop-sigkill` for the deaf; `stop-watchdog` to get a core dump), until main and control process are gone; then always
 * ExecStopPost= (`stop-post`); then what is still there of the tree (`final-sigterm`, `final-sigkill`); then it is dead,
 * or failed, with the first reason as its Result=. The keeper is released and leaves when its tree is empty: with
 * KillMode=process or none that may be long after the next invocation began. If Restart= says so the service passes
 * through dead or failed to `auto-restart`, and after RestartSec= asks for a restart job.
 *
 * Interrupted: a stop during the start sends the signals at once, without ExecStop=. A start during the stop waits
 * (answer `again`). A command that fails, times out or cannot be run ends in the signals. A keeper that is killed takes
 * the main process with it, as far as the unit can tell: what is left of the tree (init has it) is killed first and
 * waited for; only then the unit fails, so that there are never two copies.
 *
 * Pure: everything comes in with the event and the moment, everything goes out as effects. table.ts has the rows; one
 * file a phase has what they do: starting, up, stopping, failed; besides them main-pid, notify, command, asking.
 */
import { isDown } from '../../graph/active-state.ts';
import type { Unit, ServiceSettings } from '../../units/model.ts';
import type { Machine, Step } from '../machine.ts';
import type { ActiveState, Instant } from '../state.ts';
import type { Draft } from './draft.ts';
import type { CleanKind, Moment, ServiceEvent } from './event.ts';
import { freshState } from './fresh.ts';
import { type ServiceState, activeStates } from './state.ts';
import { type Column, columnOf, type Entry, table } from './table.ts';
import { canReload } from './up.ts';

export const serviceMachine: Machine<ServiceState, ServiceEvent> = {
  initial: (unit) => freshState(settingsOf(unit)),
  activeState,
  // Down, but its store is kept (SERVICE_DEAD_RESOURCES_PINNED of systemd 254).
  subState: (state) => (state.sub === 'dead' && state.stored > 0 ? 'dead-resources-pinned' : state.sub),
  step,
  reloadFailed: (state) => state.reloadResult !== 'success',
  willRestart: (state) => state.sub === 'auto-restart' || state.sub === 'auto-restart-queued',
  result: (state) => state.result,
  exitStatus({ mainRun }) {
    if (mainRun?.end === undefined) return undefined;
    return mainRun.end.code === 'exited' ? mainRun.end.status : 255;
  },
  waitsForIdle: (state) => state.idleWaits,
  deadline,
  canReload: (unit) => canReload(settingsOf(unit)),
  beginsAnew: (unit, state) => isDown(activeState(unit, state)) || state.sub === 'auto-restart-queued',
  keeper: (state) => state.keeper,
  triggers: () => undefined,
  cleans(unit, state) {
    const kinds: CleanKind[] = state.stored > 0 ? ['fdstore'] : [];
    const { directories } = settingsOf(unit).exec;
    for (const kind of ['runtime', 'state', 'cache', 'logs', 'configuration'] as const)
      if (directories[kind].paths.length > 0) kinds.push(kind);
    return kinds;
  },
  wantsResume: () => false,
  isIdle: (state) => (state.sub === 'dead' || state.sub === 'failed') && state.stored === 0,
};

/** One event. What it turns out to mean (draft.followUp) is taken in the same step. */
function step(unit: Unit, state: ServiceState, event: ServiceEvent, moment: Moment): Step<ServiceState> {
  const draft: Draft = {
    unit,
    settings: settingsOf(unit),
    moment,
    state: { ...state },
    effects: [],
    via: [],
    answer: undefined,
    followUp: undefined,
  };
  for (let next: ServiceEvent | undefined = event; next !== undefined; next = draft.followUp) {
    draft.followUp = undefined;
    noteTree(draft, next);
    const row: Readonly<Record<Column, unknown>> = table[draft.state.sub];
    // The column's event is the one that columnOf() was given.
    (row[columnOf(next)] as Entry<'empty'>).act(draft, next);
  }
  return {
    state: draft.state,
    effects: draft.effects,
    ...(draft.via.length === 0 ? undefined : { via: draft.via }),
    ...(draft.answer === undefined ? undefined : { answer: draft.answer }),
  };
}

/** Type=idle is up while it waits, so that nobody waits for it (state_translation_table_idle of src/core/service.c). */
function activeState(unit: Unit, state: ServiceState): ActiveState {
  const active = activeStates[state.sub];
  return active === 'activating' && !state.sub.startsWith('auto-restart') && unit.service?.type === 'idle'
    ? 'active'
    : active;
}

function deadline(state: ServiceState): Instant | undefined {
  const { deadline: own, runtimeDeadline, watchdogDeadline } = state;
  let earliest = own;
  if (runtimeDeadline !== undefined && (earliest === undefined || runtimeDeadline < earliest))
    earliest = runtimeDeadline;
  if (watchdogDeadline !== undefined && (earliest === undefined || watchdogDeadline < earliest))
    earliest = watchdogDeadline;
  return earliest;
}

/** The tree's emptiness comes with several events. */
function noteTree(draft: Draft, event: ServiceEvent): void {
  if (event.kind === 'exited') draft.state.treeEmpty = event.empty;
  else if (event.kind === 'empty' || event.kind === 'remains-empty') draft.state.treeEmpty = true;
}

function settingsOf(unit: Unit): ServiceSettings {
  if (unit.service === undefined) throw new Error(`internal error: ${unit.name} has no service settings`);
  return unit.service;
}
