/** What a unit's processes are run with, and how they are ended: the [exec] and [kill] parts of sections; man systemd.exec, systemd.kill. */

/** Exit statuses and signals by number. */
export interface ExitStatusSet {
  readonly statuses: ReadonlySet<number>;
  readonly signals: ReadonlySet<number>;
}

/** One command line, specifiers expanded, words split and unquoted; $VAR is not yet replaced. */
export interface ExecCommand {
  /** Absolute, or a bare file name to be looked up at exec. */
  readonly path: string;
  /** argv[0] included (it differs from path with `@`). */
  readonly argv: readonly string[];
  /** `-` */
  readonly ignoreFailure: boolean;
  /** not `:` */
  readonly substitute: boolean;
  readonly privilege: 'none' | '+' | '!' | '!!';
}

export type StreamTarget =
  | {
      readonly kind:
        | 'inherit'
        | 'null'
        | 'journal'
        | 'kmsg'
        | 'journal+console'
        | 'kmsg+console'
        | 'socket'
        | 'tty'
        | 'tty-force'
        | 'tty-fail'
        | 'data';
    }
  | { readonly kind: 'fd'; readonly name: string }
  | { readonly kind: 'file' | 'append' | 'truncate'; readonly path: string };

export interface Limit {
  /** 2^64-1 is infinity. */
  readonly soft: bigint;
  readonly hard: bigint;
}

/** LimitCPU= … by the kernel's number of the resource. */
export type Limits = ReadonlyMap<number, Limit>;

export type DirectoryClass = 'runtime' | 'state' | 'cache' | 'logs' | 'configuration';

/** Below the root of its class (directoryClasses). */
export interface DirectorySettings {
  /** Sorted. */
  readonly paths: readonly string[];
  /** Symbolic links: from `link` to `path`. */
  readonly links: readonly (readonly [path: string, link: string])[];
  readonly mode: number;
}

export interface ExecSettings {
  /** NAME=VALUE, in order, later ones win. */
  readonly environment: readonly string[];
  /** Paths, with `-` told apart. */
  readonly environmentFiles: readonly { readonly path: string; readonly mayMiss: boolean }[];
  readonly passEnvironment: readonly string[];
  readonly unsetEnvironment: readonly string[];
  readonly workingDirectory: { readonly path: string; readonly home: boolean; readonly mayMiss: boolean };
  readonly rootDirectory: string;
  readonly user: string;
  readonly group: string;
  readonly supplementaryGroups: readonly string[];
  readonly umask: number;
  readonly limits: Limits;
  readonly nice: number | undefined;
  readonly oomScoreAdjust: number | undefined;
  readonly stdin: StreamTarget;
  readonly stdout: StreamTarget;
  readonly stderr: StreamTarget;
  readonly ttyPath: string;
  readonly syslogIdentifier: string;
  readonly syslogLevelPrefix: boolean;
  /** 0 to 7 */
  readonly syslogLevel: number;
  readonly ignoreSigpipe: boolean;
  readonly noNewPrivileges: boolean;
  /** Bits; undefined: not set. */
  readonly ambientCapabilities: bigint | undefined;
  readonly boundingCapabilities: bigint | undefined;
  readonly directories: Readonly<Record<DirectoryClass, DirectorySettings>>;
  /** Credentials are gathered for its commands. */
  readonly hasSecrets: boolean;
  /** RemoveIPC=, which DynamicUser= switches on. */
  readonly removesIpc: boolean;
  readonly runtimeDirectoryPreserve: 'no' | 'yes' | 'restart';
  readonly timerSlackNsec: bigint | undefined;
  readonly execSearchPath: readonly string[];
}

export interface KillSettings {
  readonly mode: 'control-group' | 'process' | 'mixed' | 'none';
  readonly signal: number;
  /** undefined: the same as signal */
  readonly restartSignal: number | undefined;
  readonly finalSignal: number;
  readonly watchdogSignal: number;
  readonly sendSighup: boolean;
  readonly sendSigkill: boolean;
}
