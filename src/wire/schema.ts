/**
 * The wire, described once. Three kinds of processes speak it: init, the keepers, the manager; and the clients with the
 * manager. native/wire-tags.h is generated from this file (`npm run generate`; a test holds the two together), and
 * docs/wire.md tells the life of a frame.
 *
 * A frame is one message of a SOCK_SEQPACKET socket:
 *
 *     u16 version   u16 type   u32 length of the whole frame   u32 sequence   u32 acknowledged   fields…
 *
 * and a field is `u16 tag  u16 kind  u32 length  bytes`, little endian, unaligned. A field that is left out has its
 * default (0, empty). A text ends with a NUL, which its length counts; so does each text of a list: C uses them in place.
 * An unknown version, type, tag, a wrong kind, a repeated or a torn field: the whole frame is refused, loudly.
 *
 * `sequence` and `acknowledged` make the way between manager and keeper exact over a manager's death: see docs/wire.md.
 */
export const wireVersion = 1;

/** How a field's bytes are read. The numbers travel. */
export const fieldKinds = { u32: 1, i32: 2, u64: 3, text: 4, texts: 5, u32s: 6, u64s: 7, bytes: 8 } as const;
export type FieldKind = keyof typeof fieldKinds;

interface FrameShape {
  readonly type: number;
  readonly way:
    | 'manager→init'
    | 'init→manager'
    | 'keeper→init'
    | 'init→keeper'
    | 'init→keeper, manager'
    | 'manager→keeper'
    | 'keeper→manager'
    | 'client→manager'
    | 'manager→client'
    /** Never sent: what the program asks of its host, in a form that C reads. */
    | 'program→host';
  readonly fields: Readonly<Record<string, readonly [tag: number, kind: FieldKind]>>;
}

/** Which of the unit's processes: the slot of a command, and with 4 everything below the keeper. Bits, so that they add up. */
export const slots = { main: 1, control: 2, tree: 4 } as const;

/** Bits of run.flags. */
export const runFlags = {
  /** Start from nothing and not from the container's environment. */
  emptyEnvironment: 1,
  /** A missing working directory is no failure (WorkingDirectory=-…). */
  directoryMayMiss: 2,
  noNewPrivileges: 4,
  /** Set nice, oomScoreAdjust (they may be 0). */
  setNice: 8,
  setOomScoreAdjust: 16,
  /** IgnoreSIGPIPE= (systemd's default is yes). */
  ignoreSigpipe: 32,
  setAmbient: 64,
  setBounding: 128,
  setUmask: 256,
  /** A step that this container's privileges forbid is fatal, as under systemd, and not skipped. */
  strict: 512,
  /** Set JOURNAL_STREAM where stdout or stderr goes to the journal. */
  journalStream: 1024,
  /** What is in the unit's store goes along from descriptor 3 on, and $LISTEN_FDS and its like say so. */
  passStore: 2048,
  /** The prefix `-`: a missing executable is a command that has ended well. */
  mayMiss: 1 << 12,
  /** TTYReset=, TTYVHangup=, TTYVTDisallocate= of run.ttyPath. */
  ttyReset: 1 << 20,
  ttyVhangup: 1 << 21,
  ttyVtDisallocate: 1 << 22,
  /** NonBlocking=: what was passed is left without waiting; it waits otherwise. */
  nonBlocking: 1 << 24,
} as const;

/** run.stdin, run.stdout, run.stderr. inherit: stderr is a copy of stdout; asStdin: a copy of stdin. The path of `fd` is the descriptor's name. */
export const streamKinds = {
  null: 0,
  journal: 1,
  inherit: 2,
  file: 3,
  append: 4,
  truncate: 5,
  tty: 6,
  console: 7,
  fd: 9,
  data: 10,
  ttyForce: 11,
  ttyFail: 12,
  readWrite: 13,
  asStdin: 14,
  /** The one descriptor that was passed. */
  socket: 20,
  /** All three are the client's that listens at stdinPath (systemd-run --pipe, --pty). */
  client: 100,
} as const;

/** run.keyring: bits. written: the unit says so, and is told where it cannot be. */
export const keyringModes = { inherit: 1, shared: 2, written: 4 } as const;

/** run.privateUsers: the unit's user and pidone's; or all up to 65535. */
export const privateUsers = { self: 1, identity: 2 } as const;

/** openSocket.kind */
export const socketKinds = { socket: 1, fifo: 2, special: 3, queue: 4 } as const;

/** How the lines of a unit go on to the container's stdout. */
export const consoleModes = { none: 0, plain: 1, prefixed: 2, json: 3 } as const;

/** exited.code: how a process ended (si_code's CLD_*), 0 when it was no child and nobody can know. */
export const endCodes = { unknown: 0, exited: 1, killed: 2, dumped: 3 } as const;

/** notify.sender: where in the unit's tree the sender of a datagram stands. */
export const senders = { foreign: 0, main: 1, control: 2, other: 3 } as const;

export const frames = {
  // ── manager → init ──────────────────────────────────────────────────────────────────────────────────────────────
  /** Fork a keeper. Comes with two descriptors: the keeper's end of its channel and a copy of the manager's end, which init holds for the next manager. */
  keep: {
    type: 1,
    way: 'manager→init',
    fields: {
      keeper: [1, 'u32'],
      unit: [2, 'text'],
      /** Path of the NOTIFY_SOCKET to bind, '' for none. */
      notifyPath: [3, 'text'],
      /** Directory of the unit's journal files (made by the keeper, below the journal's root), '' for none. */
      journalDirectory: [4, 'text'],
      /** Bytes of one journal file, and how many are kept besides the current one. */
      journalBytes: [5, 'u64'],
      journalFiles: [6, 'u32'],
      /** 32 hex digits. */
      invocation: [7, 'text'],
      /** SYSLOG_IDENTIFIER. */
      identifier: [8, 'text'],
      consoleMode: [9, 'u32'],
      /** Priority of a line without `<n>` prefix, 0 to 7, with the facility (daemon where it is 0) for syslog; and whether prefixes are looked for (SyslogLevelPrefix=). */
      level: [10, 'u32'],
      levelPrefix: [11, 'u32'],
      /** How many descriptors the unit may store, and bits 1 << senders.… of who may. */
      storeMax: [12, 'u32'],
      storeFrom: [13, 'u32'],
      /** Lines less important than this one less 1 are not written (LogLevelMax=); 0: all are. */
      levelMaxPlus1: [14, 'u32'],
      /** So many entries in so many usec of one importance, the rest is counted (LogRateLimitIntervalSec=, LogRateLimitBurst=); 0: no limit. */
      logInterval: [15, 'u64'],
      logBurst: [16, 'u32'],
      /** SYSLOG_FACILITY= and LogExtraFields=, as the journal's records have fields (native/log-entry.h). */
      logFields: [17, 'text'],
      /** 1: to a syslog daemon, too, where one listens (native/log-forward.h). */
      forwardSyslog: [30, 'u32'],
      /** 1: its commands want the container's terminal (native/init-terminal.c). */
      terminal: [31, 'u32'],
    },
  },
  /** The manager has stored that this keeper is gone: init may forget it and close its copy of the channel. */
  forget: { type: 2, way: 'manager→init', fields: { keeper: [1, 'u32'] } },
  /** Signal what is left below a lost keeper (which: slots; init knows main and control from the keeper's shared page). Answered by `remains-empty` once nothing is left. */
  killRemains: { type: 3, way: 'manager→init', fields: { keeper: [1, 'u32'], signal: [2, 'i32'], which: [3, 'u32'] } },
  /** Boot is over (info for init: a shutdown may rely on the manager). */
  ready: { type: 4, way: 'manager→init', fields: {} },
  /** Everything is stopped: kill strays, reap, and leave with this status. */
  exit: { type: 5, way: 'manager→init', fields: { status: [1, 'i32'] } },
  /** Answer to `ping`, and to `shutdown`: I have it and work on it. */
  pong: { type: 6, way: 'manager→init', fields: {} },
  /** Close all that this unit has stored. */
  dropStore: { type: 7, way: 'manager→init', fields: { unit: [1, 'text'] } },

  /** Hold the descriptor that comes along: what a socket unit listens on, or a connection that it has accepted. `key` tells what it was opened for. */
  hold: { type: 8, way: 'manager→init', fields: { unit: [1, 'text'], number: [2, 'u32'], key: [3, 'u64'] } },
  /** How a keeper is that reads the streams of processes of no unit (native/init-streams.c): its fields have the tags of `keep`. From then on streams are taken. */
  streams: {
    type: 91,
    way: 'manager→init',
    fields: {
      unit: [2, 'text'],
      journalDirectory: [4, 'text'],
      journalBytes: [5, 'u64'],
      journalFiles: [6, 'u32'],
      forwardSyslog: [30, 'u32'],
    },
  },

  /** Close what is held for the unit under the numbers from `first` to `last`. */
  letGo: { type: 9, way: 'manager→init', fields: { unit: [1, 'text'], first: [2, 'u32'], last: [3, 'u32'] } },

  /** The process, which is the sender of a request, and all that it will fork are a scope: marked as if they were left of a lost keeper of this number. `scopeKept` answers, and `remainsEmpty` follows when none is left. */
  keepScope: { type: 74, way: 'manager→init', fields: { keeper: [1, 'u32'], unit: [2, 'text'], pid: [3, 'u32'] } },

  // ── init → manager ──────────────────────────────────────────────────────────────────────────────────────────────
  /** A keeper could not be forked. */
  keeperFailed: { type: 20, way: 'init→manager', fields: { keeper: [1, 'u32'], errno: [2, 'u32'] } },
  /** A keeper process ended. lost=0: it left by itself with an empty tree. lost=1: killed or crashed; `remains` processes of its tree live on below init. */
  keeperGone: {
    type: 21,
    way: 'init→manager',
    fields: { keeper: [1, 'u32'], lost: [2, 'u32'], code: [3, 'u32'], status: [4, 'i32'], remains: [5, 'u32'] },
  },
  remainsEmpty: { type: 22, way: 'init→manager', fields: { keeper: [1, 'u32'] } },
  /** SIGTERM, SIGINT, SIGPWR, SIGRTMIN+3, SIGRTMIN+4; hurry=1 from the second on. */
  shutdown: { type: 23, way: 'init→manager', fields: { signal: [1, 'i32'], hurry: [2, 'u32'] } },
  /** SIGHUP: daemon-reload. */
  reload: { type: 24, way: 'init→manager', fields: {} },
  ping: { type: 25, way: 'init→manager', fields: {} },
  /** How many descriptors are in the store of a unit that no keeper looks after. */
  storeChanged: { type: 26, way: 'init→manager', fields: { unit: [1, 'text'], count: [2, 'u32'] } },

  /** A descriptor of `hold` could not be had. */
  holdFailed: { type: 27, way: 'init→manager', fields: { unit: [1, 'text'], number: [2, 'u32'], errno: [3, 'u32'] } },

  /** The process of this scope is marked: what it forks from now on is of the scope. */
  scopeKept: { type: 75, way: 'init→manager', fields: { keeper: [1, 'u32'] } },

  // ── keeper → init (a socket that all keepers share; nothing is answered) ─────────────────────────────────────────
  /** A descriptor to hold for the unit (it comes along) under a number that the keeper gave; poll: closed when nobody is at its other end. */
  store: {
    type: 30,
    way: 'keeper→init',
    fields: { keeper: [1, 'u32'], number: [2, 'u32'], poll: [3, 'u32'], name: [4, 'text'] },
  },
  unstore: { type: 31, way: 'keeper→init', fields: { keeper: [1, 'u32'], number: [2, 'u32'] } },

  // ── manager → keeper (sequence and acknowledged count) ──────────────────────────────────────────────────────────
  /** Run one command in a slot. Answered by `started`, later `exited`. */
  run: {
    type: 40,
    way: 'manager→keeper',
    fields: {
      /** slots.main or slots.control */
      slot: [1, 'u32'],
      flags: [2, 'u32'],
      /** Tried in order while execve says ENOENT. */
      paths: [3, 'texts'],
      argv: [4, 'texts'],
      /** Names to take out of the container's environment, then assignments NAME=VALUE to add or replace. */
      unset: [5, 'texts'],
      set: [6, 'texts'],
      /** Names of variables whose value is the process's own pid (SYSTEMD_EXEC_PID, LISTEN_PID). */
      pidVariables: [7, 'texts'],
      workingDirectory: [8, 'text'],
      rootDirectory: [9, 'text'],
      /** Plus 1, so that 0 (left out) is "unchanged". */
      uidPlus1: [10, 'u32'],
      gidPlus1: [11, 'u32'],
      groups: [12, 'u32s'],
      umask: [13, 'u32'],
      /** Triples: resource, soft, hard (2^64-1 is infinity). */
      limits: [14, 'u64s'],
      nice: [15, 'i32'],
      oomScoreAdjust: [16, 'i32'],
      stdin: [17, 'u32'],
      stdinPath: [18, 'text'],
      stdout: [19, 'u32'],
      stdoutPath: [20, 'text'],
      stderr: [21, 'u32'],
      stderrPath: [22, 'text'],
      ttyPath: [23, 'text'],
      /** Directories and links to make before the exec, four texts each: "EXITCODE KIND MODE UID GID" (KIND as in exec-directories.c; octal mode, decimal ids), a root that root owns, the path below it, what a link leads to. Walked with openat and O_NOFOLLOW. */
      directories: [24, 'texts'],
      /** Capability bits. */
      ambient: [25, 'u64'],
      bounding: [26, 'u64'],
      secureBits: [27, 'u32'],
      /** The user's name where setgroups and HOME were made from it; only for messages. */
      user: [28, 'text'],
      timerSlackNsec: [29, 'u64'],
      /** Processors as bits, the first in the lowest of the first byte (sched_setaffinity(2)). */
      cpuAffinity: [30, 'bytes'],
      /** sched_setscheduler(2): the policy, SCHED_RESET_ON_FORK with it, plus 1; and the priority. */
      cpuPolicyPlus1: [31, 'u32'],
      cpuPriority: [32, 'u32'],
      /** ioprio_set(2): class << 13 | data, plus 1. */
      ioPriorityPlus1: [33, 'u32'],
      /** set_mempolicy(2): the mode, plus 1; and the nodes, as bits. */
      numaPolicyPlus1: [34, 'u32'],
      numaNodes: [35, 'bytes'],
      /** personality(2), plus 1. */
      personalityPlus1: [36, 'u32'],
      /** For /proc/self/coredump_filter. */
      coredumpFilter: [37, 'text'],
      /** PR_SET_MEMORY_MERGE, plus 1. */
      memoryMergePlus1: [38, 'u32'],
      /** Credentials (exec-secrets.c): their directory, '' for none; whose they are; three texts each: kind, name, path ("sFROM LENGTH" is a part of the data). */
      secretsDirectory: [39, 'text'],
      secretsOwner: [40, 'u32'],
      secrets: [41, 'texts'],
      secretsData: [42, 'bytes'],
      /** What stdin `data` reads. */
      stdinData: [70, 'bytes'],
      /** The size that a terminal for standard input is given. */
      ttyRowsPlus1: [71, 'u32'],
      ttyColumnsPlus1: [72, 'u32'],
      /** OpenFile=: "OPTIONS:NAME" and the absolute path, options by their first letters. */
      openFiles: [73, 'texts'],
      /** Instructions of 8 bytes of a filter of system calls (seccomp(2)), put in last; and the settings that it is made of, for messages. */
      seccomp: [50, 'bytes'],
      seccompOf: [51, 'text'],
      /** Mounts in a namespace of the command's own, four texts each (exec-mounts.c); where its root is put together ('': there is no such namespace); and the settings, for messages. */
      mounts: [52, 'texts'],
      mountRoot: [53, 'text'],
      mountsOf: [54, 'text'],
      /** MS_… of the whole, when all is mounted. */
      propagation: [55, 'u32'],
      /** CLONE_NEW… of namespaces of the command's own. */
      namespaces: [56, 'u32'],
      /** keyringModes; left out: private, without a word where that cannot be. */
      keyring: [110, 'u32'],
      /** The unit's user and group, plus 1, where the command does not become them. */
      owner: [111, 'u32s'],
      /** privateUsers; 0: none of its own. */
      privateUsers: [112, 'u32'],
      /** CLONE_NEWNET, CLONE_NEWIPC that all commands share; paths of those that are there already; and a file by which units find each other's, '' for none. */
      spaces: [113, 'u32'],
      networkPath: [114, 'text'],
      ipcPath: [115, 'text'],
      spacesList: [116, 'text'],
    },
  },
  /** Signal processes of the tree: `which` is a sum of slots; `also` one more signal for the same processes (SIGCONT, SIGHUP), 0 for none. pid: this one alone (must be below the keeper). Not answered; exits are. */
  kill: {
    type: 41,
    way: 'manager→keeper',
    fields: {
      which: [1, 'u32'],
      signal: [2, 'i32'],
      also: [3, 'u32s'],
      pid: [4, 'u32'],
      /** 1: `value` goes along (sigqueue(3)). */
      queued: [5, 'u32'],
      value: [6, 'i32'],
    },
  },
  /** Make this process the main one (PIDFile=, MAINPID=). Answered by `adopted`. */
  adopt: { type: 42, way: 'manager→keeper', fields: { pid: [1, 'u32'] } },
  /** No more commands will come: leave as soon as the tree is empty. The terminal is reset as bits of run.flags say. */
  release: { type: 43, way: 'manager→keeper', fields: { ttyPath: [1, 'text'], flags: [2, 'u32'] } },
  /** A new manager: `from` is the last event it knows. The keeper sends `hello` and then every event after `from` again. Not sequenced (sequence 0). */
  resume: { type: 44, way: 'manager→keeper', fields: { from: [1, 'u32'] } },
  /** What a process of the unit (the manager: of none) said at /dev/log or, native=1, at the journal's socket; and how many such entries before it were lost. Not sequenced. */
  logged: {
    type: 68,
    way: 'init→keeper, manager',
    fields: {
      pid: [1, 'u32'],
      uid: [2, 'u32'],
      gid: [3, 'u32'],
      native: [4, 'u32'],
      lost: [5, 'u32'],
      data: [6, 'bytes'],
    },
  },
  /** A process of the unit has connected to /run/systemd/journal/stdout: the connection comes along. Not sequenced. */
  stream: { type: 90, way: 'init→keeper', fields: { pid: [1, 'u32'], uid: [2, 'u32'], gid: [3, 'u32'] } },
  /** Nothing but the header's `acknowledged` (sequence 0). */
  acknowledge: { type: 45, way: 'manager→keeper', fields: {} },

  /** Descriptors for the next `run`, up to four in a frame, with their names (LISTEN_FDNAMES); `first` forgets what came before. Not sequenced: who sends `run` again sends them again. */
  pass: { type: 32, way: 'manager→keeper', fields: { first: [1, 'u32'], names: [2, 'texts'] } },

  // ── program → host ──────────────────────────────────────────────────────────────────────────────────────────────
  /** One line Listen…= of a socket unit: what to open and how. Numbers are the kernel's. */
  openSocket: {
    type: 10,
    way: 'program→host',
    fields: {
      unit: [1, 'text'],
      number: [2, 'u32'],
      kind: [3, 'u32'],
      /** AF_…; 0: IPv6, or IPv4 where the kernel has no IPv6. */
      family: [4, 'u32'],
      /** SOCK_… */
      type: [5, 'u32'],
      protocol: [6, 'u32'],
      /** A path, `@name`, or an IP address; '' for any. */
      address: [7, 'text'],
      /** Port; group of netlink. */
      port: [8, 'u32'],
      /** VSOCK */
      cid: [9, 'u32'],
      /** Interface of a link-local address: name or number. */
      scope: [10, 'text'],
      backlog: [11, 'u32'],
      mode: [12, 'u32'],
      directoryMode: [13, 'u32'],
      /** Plus 1: 0 is "unchanged". */
      uidPlus1: [14, 'u32'],
      gidPlus1: [15, 'u32'],
      /** Fours: level, option, value, and 0 before bind(2), 1 after it (and of each connection), 2 as 1 but not worth a word when it cannot be. */
      options: [16, 'u32s'],
      /** A name for each option. */
      optionNames: [17, 'texts'],
      device: [18, 'text'],
      congestion: [19, 'text'],
      receiveBuffer: [20, 'u32'],
      sendBuffer: [21, 'u32'],
      pipeSize: [22, 'u32'],
      maxMessages: [23, 'u32'],
      messageSize: [24, 'u32'],
      writable: [25, 'u32'],
    },
  },

  // ── keeper → manager (sequence counts; kept by the keeper until acknowledged) ────────────────────────────────────
  /** Answer to `resume` (sequence 0): the last command sequence that was carried out, and what is known. */
  hello: {
    type: 60,
    way: 'keeper→manager',
    fields: { pid: [1, 'u32'], seen: [2, 'u32'], main: [3, 'u32'], control: [4, 'u32'], empty: [5, 'u32'] },
  },
  /** The command of this slot was forked, and execve succeeded (errno 0) or a step failed: an `exited` with `status` 200 to 245 follows at once. */
  started: {
    type: 61,
    way: 'keeper→manager',
    fields: {
      slot: [1, 'u32'],
      pid: [2, 'u32'],
      errno: [3, 'u32'],
      step: [4, 'text'],
      /** The keeper's own pid: the manager did not fork it. */
      keeper: [5, 'u32'],
    },
  },
  /** The process of a slot ended. */
  exited: {
    type: 62,
    way: 'keeper→manager',
    fields: {
      slot: [1, 'u32'],
      pid: [2, 'u32'],
      code: [3, 'u32'],
      status: [4, 'i32'],
      /** 1: nothing is left below the keeper. */
      empty: [5, 'u32'],
      /** Direct children of the keeper that are left, at most 16: what GuessMainPID= looks at. */
      children: [6, 'u32s'],
    },
  },
  /** The tree became empty later than with an `exited`. */
  empty: { type: 63, way: 'keeper→manager', fields: {} },
  notify: {
    type: 64,
    way: 'keeper→manager',
    fields: { sender: [1, 'u32'], pid: [2, 'u32'], uid: [3, 'u32'], text: [4, 'bytes'] },
  },
  /** How many descriptors are in the unit's store now. */
  stored: { type: 67, way: 'keeper→manager', fields: { count: [1, 'u32'] } },
  adopted: {
    type: 65,
    way: 'keeper→manager',
    /** errno 0; ESRCH dead; EPERM not below this keeper (or the keeper, init, the manager). */
    fields: { pid: [1, 'u32'], errno: [2, 'u32'] },
  },
  /** A step that only tunes or hardens was skipped as this container forbids it, or another thing the operator must know; told once per kind. */
  notice: { type: 66, way: 'keeper→manager', fields: { step: [1, 'text'], errno: [2, 'u32'], text: [3, 'text'] } },

  // ── client → manager ────────────────────────────────────────────────────────────────────────────────────────────
  request: {
    type: 80,
    way: 'client→manager',
    fields: {
      /** 32 hex digits, made by the client; the same when it asks again. */
      id: [1, 'text'],
      /** 1: asked before, and the manager went away without an exit status. */
      again: [2, 'u32'],
      /** The last cursor that the manager gave, when asked again. */
      cursor: [3, 'bytes'],
      program: [4, 'text'],
      arguments: [5, 'texts'],
      directory: [6, 'text'],
      columns: [7, 'u32'],
      rows: [8, 'u32'],
      /** Bits: 1 stdin, 2 stdout, 4 stderr is a terminal. */
      terminals: [9, 'u32'],
      /** Those of the client's variables that matter: TERM, NO_COLOR, SYSTEMD_COLORS, SYSTEMD_PAGER, SYSTEMD_OFFLINE, EDITOR and its like, LANG, LC_ALL, TZ; NAME=VALUE. */
      environment: [10, 'texts'],
    },
  },
  /** Ctrl-C. */
  interrupt: { type: 81, way: 'client→manager', fields: { signal: [1, 'i32'] } },

  // ── manager → client ────────────────────────────────────────────────────────────────────────────────────────────
  stdout: { type: 82, way: 'manager→client', fields: { data: [1, 'bytes'] } },
  stderr: { type: 83, way: 'manager→client', fields: { data: [1, 'bytes'] } },
  /** To be sent along if the client has to ask again. */
  cursor: { type: 84, way: 'manager→client', fields: { data: [1, 'bytes'] } },
  /**
   * In place of `status`: the client runs the program at its terminal, or without one writes its standard input to the new
   * file `input`, and asks again; its cursor is then this one, a newline, and the decimal status that it came to.
   */
  errand: {
    type: 86,
    way: 'manager→client',
    fields: {
      program: [1, 'texts'],
      input: [2, 'text'],
      cursor: [3, 'bytes'],
      /**
       * In place of both: the client listens at this path, gives its descriptors to whoever asks there (terminal 1: those of a new terminal, and carries
       * bytes to and from it after the next cursor), and goes on with that until the end. Its cursor then ends with the terminal's name, or 0.
       */
      streams: [4, 'text'],
      terminal: [5, 'u32'],
      /** 1: the client becomes the program (exec), with these additions to its environment, and of what is not left out (ids plus 1; nice plus 21) changed. */
      become: [6, 'u32'],
      set: [7, 'texts'],
      directory: [8, 'text'],
      nicePlus21: [9, 'u32'],
      uidPlus1: [10, 'u32'],
      gidPlus1: [11, 'u32'],
      groups: [12, 'u32s'],
    },
  },
  /** The last frame. */
  status: { type: 85, way: 'manager→client', fields: { status: [1, 'i32'] } },
} as const satisfies Record<string, FrameShape>;

export type FrameName = keyof typeof frames;

interface FieldTypes {
  u32: number;
  i32: number;
  /** Up to 2^64-1, which only limits and masks need. */
  u64: bigint;
  text: string;
  texts: readonly string[];
  u32s: readonly number[];
  u64s: readonly bigint[];
  bytes: Uint8Array;
}

type FieldsOf<N extends FrameName> = (typeof frames)[N]['fields'];

/** The decoded body of a frame: every field is there, with its default where it was left out. */
export type FrameBody<N extends FrameName> = {
  readonly [F in keyof FieldsOf<N>]: FieldsOf<N>[F] extends readonly [number, infer K extends FieldKind]
    ? FieldTypes[K]
    : never;
};

/** What is given to encode(): fields may be left out. */
export type FrameFields<N extends FrameName> = { readonly [F in keyof FrameBody<N>]?: FrameBody<N>[F] | undefined };

/** A decoded frame, discriminated by its name. */
export type Frame<N extends FrameName = FrameName> = {
  readonly [M in N]: {
    readonly name: M;
    readonly sequence: number;
    readonly acknowledged: number;
    readonly body: FrameBody<M>;
  };
}[N];
