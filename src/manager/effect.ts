/**
 * What the pure core wants done, as data. interpreter.ts turns it into frames and files; everything that must survive the manager is in
 * the store before an effect leaves.
 */
import type { ExecCommand, StreamTarget } from '../units/exec-model.ts';
import type { EmergencyAction, ExecSlot } from '../units/model.ts';
import type { UnitName } from '../units/name.ts';
import type { CleanKind, SlotName } from './service/event.ts';
import type { OwnEffect, UnitResult } from './own-types.ts';
import type { ActiveState, JobId, JobResult, KeeperId, Pid } from './state.ts';
import type { Activation, Connection } from './world.ts';

export type LogLevel = 'emerg' | 'alert' | 'crit' | 'err' | 'warning' | 'notice' | 'info' | 'debug';

/** Of one unit; the unit's name is added by the core. */
export type UnitEffect =
  /** A new keeper for a new invocation. */
  | { readonly kind: 'make-keeper'; readonly keeper: KeeperId; readonly invocation: string }
  /** Run a command. execution.ts builds the whole environment from the unit's settings; failure comes back as `run-failed`. */
  | {
      readonly kind: 'run';
      readonly keeper: KeeperId;
      readonly slot: SlotName;
      readonly phase: ExecSlot;
      readonly index: number;
      readonly command: ExecCommand;
      /** MAINPID, SERVICE_RESULT, EXIT_CODE, EXIT_STATUS, WATCHDOG_USEC …: NAME=VALUE */
      readonly variables: readonly string[];
      readonly stdin?: StreamTarget;
    }
  /** which: sum of the wire's slots. Routed to init when the keeper is lost. */
  | {
      readonly kind: 'kill';
      readonly keeper: KeeperId;
      readonly lost: boolean;
      readonly which: number;
      readonly signal: number;
      readonly also: readonly number[];
      /** sigqueue(3): goes along with the signal. */
      readonly value?: number | undefined;
    }
  | { readonly kind: 'adopt'; readonly keeper: KeeperId; readonly pid: Pid }
  /** The tree may end by itself; no more commands. */
  | { readonly kind: 'release'; readonly keeper: KeeperId }
  /** Read PIDFile= and answer with `pid-file`; and again at each change of it while the state says `waiting`. */
  | { readonly kind: 'read-pid-file'; readonly path: string }
  | { readonly kind: 'remove-pid-file'; readonly path: string }
  /** RuntimeDirectory= of a stopped service (RuntimeDirectoryPreserve=). */
  | { readonly kind: 'remove-runtime-directories' }
  | { readonly kind: 'remove-secrets' }
  /** RemoveIPC= */
  | { readonly kind: 'remove-ipc' }
  /** `systemctl clean`: remove them, and answer with `cleaned`. */
  | { readonly kind: 'clean'; readonly what: readonly CleanKind[] }
  /** init marks the process, and all that it will fork: `remains-empty` follows when none is left. */
  | { readonly kind: 'keep-scope'; readonly keeper: KeeperId; readonly pid: Pid }
  /** The unit is forgotten: if it was transient, its file goes. */
  | { readonly kind: 'forgotten'; readonly isTransient: boolean }
  /** Empty the unit's store of descriptors. */
  | { readonly kind: 'drop-store' }
  /** ExecCondition= said no: ConditionResult=. Made by the core; never leaves it. */
  | { readonly kind: 'condition-unmet' }
  /** Reload what PropagatesReloadTo= names. Made by the core; never leaves it. */
  | { readonly kind: 'propagate-reload' }
  /** Restart=: a restart job, mode replace. Made by the core; never leaves it. */
  | { readonly kind: 'enqueue-restart' }
  /** Start the unit that this one is there for (mode replace); `activation-failed` comes if it cannot be. Made by the core; never leaves it. */
  | {
      readonly kind: 'activate';
      readonly start: UnitName;
      readonly activation: Activation | undefined;
      /** It is the instance for this one. */
      readonly connection?: Connection;
    }
  /** Of a type with hands of its own (own-types.ts). */
  | { readonly kind: 'own'; readonly effect: OwnEffect }
  /** FailureAction=, SuccessAction=, StartLimitAction= are looked at by the core. */
  | { readonly kind: 'log'; readonly level: LogLevel; readonly message: string; readonly form?: MessageForm };

/** `whole`: the sentence names the unit, or a file of it, by itself. Else the unit's name is put before it. */
export type MessageForm = 'of-unit' | 'whole';

export type Effect =
  | (UnitEffect & { readonly unit: UnitName })
  /** A job ended: requests that wait for it are answered. */
  | {
      readonly kind: 'job-removed';
      readonly job: JobId;
      readonly unit: UnitName;
      readonly result: JobResult;
      readonly unitResult: UnitResult;
    }
  /** State of a unit changed (for `is-active --wait`, D-Bus later). */
  | { readonly kind: 'unit-changed'; readonly unit: UnitName; readonly active: ActiveState; readonly sub: string }
  /** FailureAction=, SuccessAction=, StartLimitAction=: begin to shut down (never 'none'). status: for `exit`. */
  | {
      readonly kind: 'emergency';
      readonly unit: UnitName;
      readonly action: EmergencyAction;
      readonly status: number;
      readonly reason: string;
    }
  /** Everything is stopped: leave with this status. */
  | { readonly kind: 'exit'; readonly status: number };
