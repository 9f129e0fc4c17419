/** What a verb gets of its client, and what it gives back. Implemented by main.ts over the wire, by offline.ts in memory, by the tests. */
import type { Clock, HostFacts, HostFiles, ManagerReach, Errand } from '../host.d.ts';
import type { JournalPort } from '../journal/files.ts';
import type { ManagerApi } from '../manager/api.ts';
import type { Units } from '../units/load.ts';
import type { Condition } from '../units/model.ts';
import type { Zones } from '../units/values/zones.ts';

export type { FileStatus, HostFiles, Errand } from '../host.d.ts';

export interface Invocation {
  /** The request's id: the name under which waiting survives the manager. */
  readonly id: string;
  /** The client asks again as the manager went away before it answered. */
  readonly again: boolean;
  /** Of the client; 0: of none here. */
  readonly pid: number;
  /** The last cursor that was given to it. */
  readonly cursor: string;
  /** systemctl, journalctl, pidone … */
  readonly program: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly columns: number;
  readonly rows: number;
  readonly terminal: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  /** TERM, NO_COLOR, SYSTEMD_COLORS, LANG, TZ … */
  readonly environment: ReadonlyMap<string, string>;
}

export interface ClientPort {
  /** Text for the client's stdout, sent in order; resolves when more may be sent. Awaiting it is how a verb that writes a lot stays small. */
  stdout(text: string): Promise<void>;
  stderr(text: string): Promise<void>;
  /** What the client is to bring along if it must ask again. */
  cursor(text: string): void;
  /** What the client is to do, and then to ask again; the verb returns at once, and its status does not count. */
  errand(errand: Errand): void;
  /** Resolves when the client has left or was interrupted: a follow ends. */
  readonly gone: Promise<void>;
  isGone(): boolean;
}

/** What faces need of the world besides the manager's api. */
export interface FacePort {
  clock(): Clock;
  /** The client's. */
  readonly zones: Zones;
  hostName(): string;
  /** Resolves at this monotonic moment (usec). */
  at(monotonic: number): Promise<void>;
  /** Resolves at the next change below one of the paths (host watch), or when `until` does. */
  changed(paths: readonly string[], until: Promise<void>): Promise<void>;
}

/** What the composition root hands to `serve`: the zones depend on who asks. */
export type Given = Omit<Services, 'face'> & { readonly face: Omit<FacePort, 'zones'> };

/** What a verb may use. */
export interface Services {
  /** undefined: this process is not the manager (offline.ts); verbs that need one say what `reach` comes to. */
  readonly api: ManagerApi | undefined;
  /** What is known of a manager where there is no api. */
  readonly reach: ManagerReach;
  readonly face: FacePort;
  /** Unit files to print and link, /proc to look into. */
  readonly files: HostFiles & Pick<HostFacts, 'errorText' | 'randomHex' | 'user' | 'group' | 'groupsOf'>;
  readonly journal: JournalPort;
  /** Directory of the units' journals. */
  readonly journalRoot: string;
  /** The unit files as they are on disk now (the manager's may be older); `root`: those below another root. */
  units(root?: string): Units;
  /** pidone's own. */
  readonly version: string;
  /** Whether a condition is met here and now (undefined: that cannot be told); not there in the manager: tools ask it in their own process. */
  readonly testCondition: ((condition: Condition) => boolean | undefined) | undefined;
  /** A part of the program that few need ("ctl/analyze.ts"), as host.load gives it. */
  load(part: string): unknown;
}

/** The status of a command line that only a manager can answer, where none was asked yet. */
export const unanswered = -1;

/** What `serve` gives: carries out one command line and resolves with its exit status. Rejects only for bugs. */
export type Handler = (invocation: Invocation, client: ClientPort) => Promise<number>;
