/** Settings of the units that start others: sockets, timers, paths. */
import type { ExecCommand, ExecSettings, KillSettings } from './exec-model.ts';
import type { ExecSlot } from './model.ts';
import type { Microseconds, UnitName } from './name.ts';

/** The settings of a timer that elapse counted from a moment. */
export type TimerBase = 'OnActiveSec' | 'OnBootSec' | 'OnStartupSec' | 'OnUnitActiveSec' | 'OnUnitInactiveSec';

export type TimerValue =
  | { readonly base: TimerBase; readonly usec: Microseconds }
  /** `text`: the expression in its normal form. */
  | { readonly base: 'OnCalendar'; readonly text: string };

/** [Timer] */
export interface TimerSettings {
  /** What it starts. */
  readonly unit: UnitName;
  /** The last one that was written is the first, as in systemd. */
  readonly values: readonly TimerValue[];
  readonly onClockChange: boolean;
  readonly onTimezoneChange: boolean;
  readonly accuracy: Microseconds;
  readonly randomizedDelay: Microseconds;
  readonly fixedRandomDelay: boolean;
  readonly deferReactivation: boolean;
  readonly persistent: boolean;
  readonly remainAfterElapse: boolean;
}

/** Of [Socket] what is about its processes; the rest is made of the text that is kept, when it is needed: socket-settings.ts. ExecStopPre= is in the place of ExecStop=. */
export interface SocketCommands {
  readonly commands: Readonly<Record<ExecSlot, readonly ExecCommand[]>>;
  readonly exec: ExecSettings;
  readonly kill: KillSettings;
}

export type PathKind = 'PathExists' | 'PathExistsGlob' | 'PathChanged' | 'PathModified' | 'DirectoryNotEmpty';

/** [Path] */
export interface PathSettings {
  /** What it starts. */
  readonly unit: UnitName;
  /** The last one that was written is the first, as in systemd. */
  readonly watched: readonly { readonly kind: PathKind; readonly path: string }[];
  readonly makeDirectory: boolean;
  readonly directoryMode: number;
  readonly triggerLimitInterval: Microseconds;
  readonly triggerLimitBurst: number;
}
