/**
 * All that TypeScript may ask of the world. The C host (native/host*.c) implements it for the shipped engine; the tests
 * have a double in test/fake/host.ts. Only the composition roots (main.ts, offline.ts) and the ports that they hand out
 * touch it; the core never does.
 *
 * Strings: the world speaks bytes, TypeScript UTF-16. Every string that crosses here is UTF-8 on the other side; a byte
 * that is not part of valid UTF-8 (nor is what Unicode calls no character: U+FFFF) becomes the lone surrogate U+DC00 + byte (U+DC80 … U+DCFF) and turns back into that
 * byte on the way out, so that any file name, argument or log line survives the round trip.
 *
 * Errors: a function that can fail returns an `Errno`, a positive number (2 is ENOENT), in place of its value; where the
 * value itself is a number it says so. Nothing here throws but for a bug in the caller.
 */

/** A Linux errno, positive, the same on amd64 and arm64. */
export type Errno = number & { readonly brand: 'Errno' };

export type FileType = 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'character' | 'block';

export interface FileStatus {
  readonly type: FileType;
  readonly size: number;
  /** Permission bits, 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Realtime, usec since 1970. */
  readonly modified: number;
  /** "device:inode", to tell whether two paths are one file. */
  readonly identity: string;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly type: FileType;
}

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

export interface Group {
  readonly name: string;
  readonly gid: number;
}

export interface Clock {
  /** CLOCK_MONOTONIC, usec */
  readonly monotonic: number;
  /** CLOCK_REALTIME, usec since 1970 */
  readonly realtime: number;
}

/** Files. Paths are absolute. Nothing follows a symlink in the last component where `…NoFollow` or a write is meant. */
export interface HostFiles {
  /** The whole text of a regular file (procfs included), at most `limit` bytes (then EFBIG 27). EISDIR 21 for a directory, EINVAL 22 for a FIFO, socket or device: it never blocks. */
  readFile(path: string, limit: number): string | Errno;
  /** Bytes of a regular file from `offset`; shorter at its end. */
  readRange(path: string, offset: number, length: number): Uint8Array | Errno;
  /** Entries without `.` and `..`, in no order. */
  readDirectory(path: string): DirectoryEntry[] | Errno;
  status(path: string): FileStatus | Errno;
  statusNoFollow(path: string): FileStatus | Errno;
  readLink(path: string): string | Errno;
  realPath(path: string): string | Errno;
  /** access(2) with the effective ids; mode is the sum of 4 read, 2 write, 1 execute; undefined is yes. */
  access(path: string, mode: number): Errno | undefined;
  /** Replaces the file in one step (temporary file beside it, fsync not asked, rename). */
  writeFile(path: string, text: string, mode: number): Errno | undefined;
  /** Makes the file (0644, empty) if it is not there, and gives it a time of change, usec of realtime (undefined: now). No link is followed. */
  touchFile(path: string, modified: number | undefined): Errno | undefined;
  /** Makes the last component only; EEXIST 17 when there. */
  makeDirectory(path: string, mode: number): Errno | undefined;
  makeSymlink(target: string, path: string): Errno | undefined;
  rename(from: string, to: string): Errno | undefined;
  /** Files and symlinks. */
  remove(path: string): Errno | undefined;
  removeDirectory(path: string): Errno | undefined;
  /** A directory (or file) with all that is in it; nothing where there is nothing. No link is followed on the way there that others could have planted, and none below. When it returns, the path is free; a large tree is gone some time later. */
  removeTree(path: string): Errno | undefined;
  /** Removes shared memory (0), semaphores (1) or a queue of messages (2) of System V by its id, as its owner. */
  removeIpc(kind: 0 | 1 | 2, id: number, owner: number): void;
  /** Opens for appending (O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC); a handle >= 0, or minus the errno. */
  openAppend(path: string, mode: number): number;
  /** One write(2) of the whole text. */
  append(handle: number, text: string): Errno | undefined;
  close(handle: number): void;
}

export interface HostFacts {
  clock(): Clock;
  /** By name, or by decimal uid. */
  user(nameOrUid: string): User | undefined;
  group(nameOrGid: string): Group | undefined;
  /** Supplementary groups of a user from the group database, its primary one included. */
  groupsOf(user: string, gid: number): number[];
  /** `bytes` random bytes as lower-case hex. */
  randomHex(bytes: number): string;
  hostName(): string;
  /** uname(2): the kernel's release and machine. */
  kernel(): { readonly release: string; readonly machine: string };
  errorText(errno: Errno): string;
  /** What a datagram to /dev/log (native: to the journal's socket) says: a line for each entry, a digit, its priority, and the payload of a record of the journal (native/log-entry.h). */
  logEntries(datagram: Uint8Array, native: boolean, pid: number, uid: number, gid: number): string;
  /** To a syslog daemon, where one listens (native/log-forward.h); `priority` has the facility. */
  forwardSyslog(identifier: string, priority: number, pid: number, message: string): void;
}

export interface HostText {
  encode(text: string): Uint8Array;
  /** Bytes [from, to) as a string. */
  decode(bytes: Uint8Array, from: number, to: number): string;
}

export interface HostWatches {
  /** inotify on a file or directory: writes, creations, renames and removals, or `events` (bits of inotify(7)). A handle >= 0, or minus the errno. A `changed` event follows each burst of changes; reading again is the caller's. */
  watch(path: string, events?: number): number;
  /** The wall clock: `changed` when somebody sets it. */
  watchClock(): number;
  unwatch(handle: number): void;
}

/** What came of an openSocket frame. */
export interface OpenedSocket {
  /** 0, or why it could not be had … */
  readonly errno: Errno | 0;
  /** … and what of it: 'create', 'chown' (the node to its owner), 'listen'. */
  readonly step: string;
  /** Options that could not be set: a sentence each. */
  readonly notices: readonly string[];
}

/**
 * What socket units listen on, and connections that they have accepted, by the unit and a number of its own. init holds each too, from before
 * anybody can connect: a new manager finds them all again.
 */
export interface HostSockets {
  /** `frame`: openSocket of wire/schema.ts. One that is there already, for the same frame, stays; another of that unit and number is closed. */
  openSocket(frame: Uint8Array): OpenedSocket;
  /** Closes those with numbers from `first` to `last`. */
  closeSockets(unit: string, first: number, last: number): void;
  heldSockets(): { readonly unit: string; readonly number: number }[];
  /** The next thing that comes in there gives one `socket-ready`. */
  watchSocket(unit: string, number: number, on: boolean): Errno | undefined;
  /** Takes one connection, to be held as (unit, as), with the options of the frame. Who came: "ip LOCAL PORT PEER PORT", "unix PID UID", "vsock CID PORT CID PORT" (here, then there) or "unknown". EAGAIN 11: nobody is there any more. */
  acceptConnection(unit: string, number: number, as: number, frame: Uint8Array): string | Errno;
  /** Drops what waits there. */
  flushSocket(unit: string, number: number): void;
}

/** One connection of the manager's own, to a stream socket of the unix family; a new manager has none. */
export interface HostStream {
  /** Connects at once or not at all; an earlier connection is closed. Who listens there: a uid, or minus the errno. */
  connectStream(path: string): number;
  /** Never blocks; who leaves more than 256 KiB unread is hung up on. */
  sendStream(bytes: Uint8Array): void;
  /** No `stream` follows. */
  closeStream(): void;
}

export interface Host extends HostFiles, HostFacts, HostText, HostWatches, HostSockets, HostStream {
  /** Evaluates a lazily loaded part of the program ("ctl/serve.ts" …, the names that scripts/build.ts lists) and returns its exports; the second call is free. */
  load(part: string): unknown;
  /** A line for the operator: to the container's stderr (never blocking). No newline at its end. */
  log(line: string): void;
}

/** How a manager finds the world when it starts: first boot, or after a crash, a kill or daemon-reexec. */
export interface StartFacts {
  /** argv of pidone, the program name left out. */
  readonly arguments: readonly string[];
  /** The container's environment, NAME=VALUE. */
  readonly environment: readonly string[];
  /** PID of init as seen here (1 in a container). */
  readonly initPid: number;
  readonly managerPid: number;
  readonly uid: number;
  /** Directory for sockets and the state file, made by init, e.g. /run/pidone. */
  readonly runtimeDirectory: string;
  /** How many managers ran before this one: 0 is the boot. */
  readonly generation: number;
  /** Why the one before ended: '' at boot, 'reexec', 'exited N', 'killed by SIGKILL', 'exception: …' */
  readonly lastEnd: string;
  /** How many managers in a row died while they handled their `start`: from 2 on, what is read there (the state file, a unit file) is suspect. */
  readonly startCrashes: number;
  /** Keepers that init knows, alive or lost with their remains still there. */
  readonly keepers: readonly { readonly keeper: number; readonly pid: number; readonly lost: boolean }[];
  /** A shutdown was asked for already: the signal, else 0; and whether it was asked for twice. */
  readonly shutdown: { readonly signal: number; readonly hurry: boolean };
  /** The container's stdout is a terminal. */
  readonly consoleIsTerminal: boolean;
}

/** See `client-drained`. */
export type ClientHighWater = 65536;

/** All that wakes the program. The clock is read once per batch. */
export type HostEvent =
  | { readonly kind: 'start'; readonly clock: Clock; readonly facts: StartFacts }
  /** A frame from init (keeper 0) or from a keeper. `descriptors` counts the file descriptors that came along (closed by the host for now). */
  | {
      readonly kind: 'frame';
      readonly clock: Clock;
      readonly keeper: number;
      readonly bytes: Uint8Array;
      readonly descriptors: number;
    }
  /** The keeper's channel was closed by the other side. */
  | { readonly kind: 'channel-closed'; readonly clock: Clock; readonly keeper: number }
  | {
      readonly kind: 'client';
      readonly clock: Clock;
      readonly client: number;
      readonly uid: number;
      readonly pid: number;
    }
  | { readonly kind: 'client-frame'; readonly clock: Clock; readonly client: number; readonly bytes: Uint8Array }
  /**
   * More than ClientHighWater bytes (of whole frames) went to this client since its last `client-drained`, and all of it
   * is out: more may be sent. Who counts what it sends knows when this will come, and waits for it: so a client that
   * never reads costs no more than that. (One for which 16 MiB wait is closed.)
   */
  | { readonly kind: 'client-drained'; readonly clock: Clock; readonly client: number }
  /** It went, or was turned away; not said of one that was ended by `end-client`. */
  | { readonly kind: 'client-closed'; readonly clock: Clock; readonly client: number }
  /** There is something for who listens (`readable`), or an end or error; it is told once, until it is watched again. */
  | {
      readonly kind: 'socket-ready';
      readonly clock: Clock;
      readonly unit: string;
      readonly number: number;
      readonly readable: boolean;
    }
  /** From where connectStream() led, at most 8 KiB. No bytes: it was closed there. */
  | { readonly kind: 'stream'; readonly clock: Clock; readonly bytes: Uint8Array }
  /** Something changed under a watch. */
  | { readonly kind: 'changed'; readonly clock: Clock; readonly watch: number }
  /** The armed deadline has passed. */
  | { readonly kind: 'timer'; readonly clock: Clock }
  /** An event that killed two managers is not handed over a third time: this comes in its place. */
  | { readonly kind: 'refused'; readonly clock: Clock; readonly refused: RefusedEvent; readonly description: string };

/**
 * What was refused. A keeper's frame counts as taken (`sequence`, 0 where it has none): it will not come better. A client
 * was told already, with a sentence and status 1, and is closed: no `client-closed` follows. The timer is disarmed: whoever
 * was due is to be passed over. A `start` is never refused: see StartFacts.startCrashes.
 */
export type RefusedEvent =
  | { readonly kind: 'frame'; readonly keeper: number; readonly sequence: number }
  | { readonly kind: 'client'; readonly client: number }
  | { readonly kind: 'timer' }
  | { readonly kind: 'other' };

export interface PassedSocket {
  readonly unit: string;
  readonly number: number;
  readonly name: string;
}

/** All that the program asks the host to do, carried out in order after flush(). */
export type HostEffect =
  | { readonly kind: 'to-init'; readonly bytes: Uint8Array }
  /** Makes the channel of a new keeper and sends init the frame (a `keep`) with both ends. */
  | { readonly kind: 'make-keeper'; readonly keeper: number; readonly bytes: Uint8Array }
  /** `sockets`: what is held goes along, as `pass` frames before this one, in this order and with these names. */
  | {
      readonly kind: 'to-keeper';
      readonly keeper: number;
      readonly bytes: Uint8Array;
      readonly sockets?: readonly PassedSocket[];
    }
  /** The keeper is done with: its channel is closed here. */
  | { readonly kind: 'drop-keeper'; readonly keeper: number }
  | { readonly kind: 'to-client'; readonly client: number; readonly bytes: Uint8Array }
  /** Closes after all that was sent is out. */
  | { readonly kind: 'end-client'; readonly client: number }
  /** One deadline, monotonic usec; undefined disarms. */
  | { readonly kind: 'timer'; readonly at: number | undefined }
  /** The manager process leaves with this status (init starts the next one): daemon-reexec. */
  | { readonly kind: 'leave'; readonly status: number };

/**
 * What main.ts exports as `program(host)`. The host calls handle() for each event that waits, runs the engine's pending
 * jobs (promises) until there is none, and then calls flush() once; flush() has stored what must survive before it
 * returns the effects.
 */
export interface Program {
  handle(event: HostEvent): void;
  flush(): readonly HostEffect[];
}

/** What a tool knows of the manager: it has not tried to reach it yet; there is none; there is one that is not for this user. */
export type ManagerReach = 'unasked' | 'absent' | 'closed';

/** What offline.ts exports as `tool(host, request)`: a verb without a manager. Returns its output, or a promise of it. */
export interface ToolRequest {
  /** Base name of argv[0]: systemctl, journalctl, pidone … */
  readonly program: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly environment: readonly string[];
  readonly columns: number;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  readonly manager: ManagerReach;
  /** '' at first; after an errand its cursor, a newline, and the decimal status that it came to. */
  readonly cursor: string;
}

/** What a verb wants done where the client is, before it is asked again. */
export interface Errand {
  /** A program and its words, found by PATH and run at the client's terminal; [] for none. */
  readonly program: readonly string[];
  /** Without a program: a file that is not there yet, which gets the client's standard input. */
  readonly input: string;
  readonly cursor: string;
  /** In place of both: where the client is to listen and give its descriptors away, or with terminal 1 those of a new terminal. Its cursor then ends with that one's name, or 0. Not for a tool without a manager. */
  readonly streams?: string;
  readonly terminal?: number;
  /** 1: the client becomes the program; what else is changed before is told in src/wire/schema.ts. Not for a tool without a manager. */
  readonly become?: number;
  readonly set?: readonly string[];
  readonly directory?: string;
  readonly nicePlus21?: number;
  readonly uidPlus1?: number;
  readonly gidPlus1?: number;
  readonly groups?: readonly number[];
  /** The tool becomes the program, or copies its standard input, with streams of the journal for its output: their heads, of standard output, and of standard error where it is another one. */
  readonly journal?: readonly string[];
}
export interface ToolOutput {
  /** undefined: the status is the last word. */
  readonly errand: Errand | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** -1: only a manager can answer this one. Nothing was written; it is for `manager: 'unasked'` alone. */
  readonly status: number;
}
