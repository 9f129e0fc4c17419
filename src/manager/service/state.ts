/**
 * The state of a service: plain data, JSON as it is (the store writes it so), no function, no reference. The life of a
 * service is told at the head of machine.ts.
 */
import type { ExecSlot, NotifyAccess } from '../../units/model.ts';
import type { ActiveState, Instant, KeeperId, Pid, Stamp } from '../state.ts';

export type ServiceSubState =
  | 'dead'
  | 'condition'
  | 'start-pre'
  | 'start'
  | 'start-post'
  | 'running'
  | 'exited'
  | 'reload'
  | 'reload-signal'
  | 'reload-notify'
  | 'stop'
  | 'stop-watchdog'
  | 'stop-sigterm'
  | 'stop-sigkill'
  | 'stop-post'
  | 'final-watchdog'
  | 'final-sigterm'
  | 'final-sigkill'
  | 'failed'
  | 'auto-restart'
  | 'auto-restart-queued'
  | 'cleaning';

/** SubState → ActiveState (Type=idle differs: man systemd.service; see activeState() in machine.ts). */
export const activeStates = {
  dead: 'inactive',
  condition: 'activating',
  'start-pre': 'activating',
  start: 'activating',
  'start-post': 'activating',
  running: 'active',
  exited: 'active',
  reload: 'reloading',
  'reload-signal': 'reloading',
  'reload-notify': 'reloading',
  stop: 'deactivating',
  'stop-watchdog': 'deactivating',
  'stop-sigterm': 'deactivating',
  'stop-sigkill': 'deactivating',
  'stop-post': 'deactivating',
  'final-watchdog': 'deactivating',
  'final-sigterm': 'deactivating',
  'final-sigkill': 'deactivating',
  failed: 'failed',
  'auto-restart': 'activating',
  'auto-restart-queued': 'activating',
  cleaning: 'maintenance',
} as const satisfies Record<ServiceSubState, ActiveState>;

export type ServiceResult =
  | 'success'
  | 'resources'
  | 'protocol'
  | 'timeout'
  | 'exit-code'
  | 'signal'
  | 'core-dump'
  | 'watchdog'
  | 'start-limit-hit'
  | 'oom-kill'
  | 'exec-condition';

/** How a process ended. code: the wire's endCodes. */
export interface ProcessEnd {
  readonly code: 'unknown' | 'exited' | 'killed' | 'dumped';
  readonly status: number;
}

/** The last run of a command line, for `show` (ExecStart=… status) and ExecMain*. */
export interface CommandRun {
  readonly pid: Pid;
  readonly started: Stamp;
  readonly ended: Stamp | undefined;
  readonly end: ProcessEnd | undefined;
}

/** The command that a slot runs now. `asked`: the keeper has the order and has not answered yet (pid unknown). */
export type SlotState =
  | { readonly kind: 'free' }
  | { readonly kind: 'asked'; readonly phase: ExecSlot; readonly index: number }
  | { readonly kind: 'runs'; readonly phase: ExecSlot | 'adopted'; readonly index: number; readonly pid: Pid };

export interface ServiceState {
  readonly sub: ServiceSubState;
  readonly result: ServiceResult;
  /** Result of the last reload (ReloadResult=). */
  readonly reloadResult: ServiceResult;
  readonly main: SlotState;
  readonly control: SlotState;
  /** The keeper of this invocation; undefined: none was made or it has left. */
  readonly keeper: KeeperId | undefined;
  /** init looks after the tree: the keeper was killed. */
  readonly keeperLost: boolean;
  /** The keeper that ExecStop= and ExecStopPost= may have when the first was killed; not yet made. */
  readonly spareKeeper: KeeperId | undefined;
  /** Nothing is left below the keeper. */
  readonly treeEmpty: boolean;
  /** 32 hex digits; '' before the first start. */
  readonly invocation: string;
  /** When the current state times out. */
  readonly deadline: Instant | undefined;
  /** RuntimeMaxSec= */
  readonly runtimeDeadline: Instant | undefined;
  readonly watchdogDeadline: Instant | undefined;
  /** WATCHDOG_USEC=, else the unit's */
  readonly watchdogUsec: number | undefined;
  /** When it last said that it lives; undefined: nobody waits for that. */
  readonly watchdogStamp: Stamp | undefined;
  /** READY=1 came while it was not yet waited for, and the like. */
  readonly notified: 'unknown' | 'ready' | 'reloading' | 'stopping';
  readonly statusText: string;
  readonly statusErrno: number;
  /** BUSERROR= */
  readonly statusBusError: string;
  /** NOTIFYACCESS=: in place of the unit's */
  readonly notifyAccess: NotifyAccess | undefined;
  /** When the reload under way was asked for (Type=notify-reload): only a RELOADING=1 of later answers it. */
  readonly reloadBegin: Instant | undefined;
  /** Descriptors in its store (FileDescriptorStoreMax=). */
  readonly stored: number;
  /** Its store was to be emptied, and nothing has been stored since: init may not have heard it. */
  readonly storeEmptied: boolean;
  /** Result of the last `systemctl clean`. */
  readonly cleanResult: ServiceResult;
  /** `systemctl freeze`: its processes are stopped. */
  readonly frozen: boolean;
  /** Whether its BusName= is owned, as far as known; 'arrived': since before its main process is known to run. */
  readonly busOwner: 'none' | 'owned' | 'arrived';
  /** The main process was learnt from PIDFile=, MAINPID= or by guessing: it is no command of ours. */
  readonly mainAlien: boolean;
  /** False: a forking service whose main process nobody knows; it lives as long as its tree. */
  readonly mainPidKnown: boolean;
  /** A process that the keeper was asked to take as the main one. */
  readonly adopting: Pid | undefined;
  /** PIDFile=: asked to be read; or it was not good yet, and the shell watches it. */
  readonly pidFile: 'unasked' | 'reading' | 'waiting';
  /** The main process ended, but PIDFile= may name its successor: looked at first. */
  readonly heldExit: ProcessEnd | undefined;
  /** Of the main process (ExecMain…). */
  readonly mainRun: CommandRun | undefined;
  /** Last run of each command line, by phase and index. */
  readonly runs: Readonly<Partial<Record<ExecSlot, readonly CommandRun[]>>>;
  readonly restarts: number;
  /** The next start begins to count anew: what went down was not to be restarted. */
  readonly forgetRestarts: boolean;
  /** RestartMode=debug: restarted after an end that was not asked for; until the next start that is no such restart. */
  readonly debug: boolean;
  /** A stop was asked for: no automatic restart (man systemd.service, Restart=). */
  readonly forbidRestart: boolean;
  /** The stop belongs to a restart job: RestartKillSignal=. */
  readonly stopForRestart: boolean;
  /** An idle service whose command waits for the job queue to drain. */
  readonly idleWaits: boolean;
}

/** A reload is under way, by whoever's will. */
export function isReloading(sub: ServiceSubState): boolean {
  return sub === 'reload' || sub === 'reload-signal' || sub === 'reload-notify';
}

/** READY=1 was said (or need not be), and it is not on its way down: the watchdog and RuntimeMaxSec= count (service_set_state()). */
export function isUp(sub: ServiceSubState): boolean {
  return sub === 'start-post' || sub === 'running' || isReloading(sub);
}
