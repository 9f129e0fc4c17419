/** StandardInput=, StandardOutput=, StandardError= as the keeper takes them (systemd.exec(5), "LOGGING AND STANDARD INPUT/OUTPUT"). */
import type { ExecSettings, StreamTarget } from '../units/model.ts';
import { streamKinds } from '../wire/schema.ts';

/** Fields of `run`; undefined: its default. */
export interface Streams {
  readonly stdin: number | undefined;
  readonly stdinPath: string | undefined;
  readonly stdout: number;
  readonly stdoutPath: string | undefined;
  readonly stderr: number;
  readonly stderrPath: string | undefined;
  /** One of the outputs goes to the journal. */
  readonly toJournal: boolean;
}

export function streamFields(settings: ExecSettings, stdin: StreamTarget = settings.stdin): Streams {
  const { stdout, stderr } = settings;
  const input = inputKind(stdin);
  const output = outputKind(stdout);
  const error = outputKind(stderr);
  return {
    stdin: input === streamKinds.null ? undefined : input,
    stdinPath: 'path' in stdin ? stdin.path : undefined,
    stdout: output,
    stdoutPath: 'path' in stdout ? stdout.path : undefined,
    stderr: error,
    stderrPath: 'path' in stderr ? stderr.path : undefined,
    toJournal: output === streamKinds.journal || error === streamKinds.journal,
  };
}

/** Inputs that need what a container lacks (a socket unit, a named descriptor) are empty. */
function inputKind(target: StreamTarget): number {
  switch (target.kind) {
    case 'file':
      return streamKinds.file;
    case 'tty':
    case 'tty-force':
    case 'tty-fail':
      return streamKinds.tty;
    default:
      return streamKinds.null;
  }
}

function outputKind(target: StreamTarget): number {
  switch (target.kind) {
    case 'null':
    case 'inherit':
    case 'file':
    case 'append':
    case 'truncate':
      return streamKinds[target.kind];
    case 'tty':
    case 'tty-force':
    case 'tty-fail':
      return streamKinds.tty;
    // There is no kernel log to write to, and the journal goes on to the console by itself.
    default:
      return streamKinds.journal;
  }
}
