import type { Diagnostic } from './diagnostic.ts';
import type { LoadState, StandIn } from './model.ts';

/** What became of the files of a unit so far. */
export interface Progress {
  load: LoadState;
  loadError: string;
  loadErrno: string;
  modified: number;
  fragmentPath: string;
  standIn: StandIn | undefined;
  readonly dropInPaths: string[];
  readonly diagnostics: Diagnostic[];
}

export function newProgress(): Progress {
  return {
    load: 'loaded',
    loadError: '',
    loadErrno: '',
    modified: 0,
    fragmentPath: '',
    standIn: undefined,
    dropInPaths: [],
    diagnostics: [],
  };
}

/** The unit cannot be used as its files are; `message` says why. */
export function fail(progress: Progress, load: Exclude<LoadState, 'error'>, message: string): void {
  progress.load = load;
  progress.loadError = message;
}

/** The same with errno's text, as systemd has it. */
export function failBadly(progress: Progress, message: string, errno: string): void {
  progress.load = 'error';
  progress.loadError = message;
  progress.loadErrno = errno;
}
