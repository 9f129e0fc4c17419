/** A service of the bench, as every supervisor gets it. */
export interface Service {
  readonly name: string;
  /** Absolute program and its words: none needs quotes. */
  readonly command: readonly string[];
  /** Whether its output shall be kept, where the supervisor can keep output. */
  readonly logged: boolean;
}

/** A file to be there when the supervisor starts; a symlink when `target` is given. */
export type StageFile =
  | { readonly path: string; readonly text: string; readonly mode?: number }
  | { readonly path: string; readonly target: string };

/** How one talks to a supervisor about a service; each gives a command. */
export interface Control {
  readonly status: (service: string) => readonly string[];
  readonly stop: (service: string) => readonly string[];
  readonly start: (service: string) => readonly string[];
  /** Reads every file again. */
  readonly reload?: readonly string[];
  /** Shell words that print what the service has written. */
  readonly log?: (service: string) => string;
}

/** One column of the bench: somebody who can be PID 1. */
export interface Supervisor {
  readonly name: string;
  /** Where its files come from. */
  readonly source:
    | { readonly kind: 'packages'; readonly packages: readonly string[] }
    /** Folders on this machine, put below /bench. */
    | { readonly kind: 'folder'; readonly folder: string };
  /** Why it cannot take part, or undefined. */
  readonly missing?: () => string | undefined;
  readonly files: (services: readonly Service[]) => readonly StageFile[];
  /** Files of so many services that it knows and does not start. */
  readonly known?: (count: number) => readonly StageFile[];
  readonly command: readonly string[];
  /** undefined: it starts things and supervises nothing. */
  readonly control?: Control;
  /** The name of its manager's process, where there is one that may be killed. */
  readonly manager?: string;
  /** msec between two lives of a service, as some count a shorter one as a failure. */
  readonly pause: number;
  /** Up to so many sec for all services to start. */
  readonly patience: number;
}
