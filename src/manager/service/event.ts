/** All that can happen to a service. A closed union: the machine has an answer for each in every state. */
import type { Errno } from '../../host.d.ts';
import type { DirectoryClass } from '../../units/exec-model.ts';
import type { Instant, KeeperId, Pid, Stamp } from '../state.ts';
import type { ProcessEnd, ServiceResult } from './state.ts';

/** Facts that come with each event, so that the machine asks nobody. */
export interface Moment {
  readonly now: Instant;
  readonly stamp: Stamp;
  /** A stop job of the unit is queued: Restart= would undo it (unit_stop_pending). */
  readonly stopPending: boolean;
  /** `systemctl service-watchdogs no` */
  readonly watchdogsOff?: boolean;
}

/** What `systemctl clean` can remove. */
export type CleanKind = DirectoryClass | 'fdstore';

export type SlotName = 'main' | 'control';

export type ServiceEvent =
  // ── jobs ──
  /** keeper, invocation: to be used if a new invocation begins. startLimitHit: the unit's rate limit is exceeded. */
  | {
      readonly kind: 'start';
      readonly keeper: KeeperId;
      readonly invocation: string;
      readonly startLimitHit: boolean;
    }
  | { readonly kind: 'stop'; readonly forRestart: boolean }
  | { readonly kind: 'reload' }
  | { readonly kind: 'reset-failed' }
  /** `systemctl clean`: removed by the shell, which answers with `cleaned`. */
  | { readonly kind: 'clean'; readonly what: readonly CleanKind[] }
  | { readonly kind: 'cleaned'; readonly result: ServiceResult }
  | { readonly kind: 'freeze' }
  | { readonly kind: 'thaw' }
  /** Down, and no job will bring it up: what was kept for the next start goes (unit_release_resources()). */
  | { readonly kind: 'let-go' }
  /** The job queue is empty: Type=idle may go on. */
  | { readonly kind: 'idle-over' }
  // ── the keeper's and init's word ──
  | {
      readonly kind: 'started';
      readonly slot: SlotName;
      readonly pid: Pid;
      /** Not 0: the step of that name failed (exec.h), `why` is the error in words. */
      readonly errno: number;
      readonly step: string;
      readonly why: string;
    }
  | {
      readonly kind: 'exited';
      readonly slot: SlotName;
      readonly pid: Pid;
      readonly end: ProcessEnd;
      readonly empty: boolean;
      readonly children: readonly Pid[];
      /** It was killed, and the container had run out of memory. */
      readonly outOfMemory?: boolean;
    }
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'notify';
      readonly sender: 'main' | 'control' | 'other' | 'foreign';
      readonly pid: Pid;
      readonly uid: number;
      readonly fields: readonly string[];
    }
  /** How many descriptors are in its store now. */
  | { readonly kind: 'stored'; readonly count: number }
  | { readonly kind: 'adopted'; readonly pid: Pid; readonly errno: number }
  | { readonly kind: 'keeper-failed'; readonly errno: number }
  /** The keeper was killed; `remains` processes of its tree live on below init. spare: the number for a new keeper, to be used if commands are still to be run. */
  | { readonly kind: 'keeper-lost'; readonly remains: number; readonly spare: KeeperId }
  | { readonly kind: 'remains-empty' }
  // ── the shell's answers to effects ──
  /** A command could not even be asked for: environment file missing ('resources'), user unknown (exit status 217) … */
  | {
      readonly kind: 'run-failed';
      readonly slot: SlotName;
      readonly result: ServiceResult;
      readonly exitStatus: number | undefined;
      readonly why: string;
    }
  | {
      readonly kind: 'pid-file';
      readonly pid: Pid | undefined;
      readonly why: Errno | 'malformed' | 'unsafe' | undefined;
    }
  // ── the system bus ──
  /** Somebody owns its BusName= from now on, or nobody does. */
  | { readonly kind: 'bus-owner'; readonly owned: boolean }
  // ── time ──
  /** The earliest of the state's deadlines has passed; the machine looks which. */
  | { readonly kind: 'timer' };
