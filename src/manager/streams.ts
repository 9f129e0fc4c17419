/** StandardInput=, StandardOutput=, StandardError= as the keeper takes them (systemd.exec(5), "LOGGING AND STANDARD INPUT/OUTPUT"). */
import type { ExecSettings, StreamTarget } from '../units/model.ts';
import { type FrameFields, streamKinds } from '../wire/schema.ts';

export interface Streams {
  readonly fields: Pick<
    FrameFields<'run'>,
    'stdin' | 'stdinPath' | 'stdout' | 'stdoutPath' | 'stderr' | 'stderrPath' | 'ttyPath'
  >;
  /** One of the outputs goes to the journal. */
  readonly toJournal: boolean;
}

export function streamFields(settings: ExecSettings, stdin: StreamTarget = settings.stdin): Streams {
  const input = inputKind(stdin);
  const output = outputKind(settings.stdout);
  const error = outputKind(settings.stderr);
  return {
    fields: {
      stdin: input,
      stdout: output,
      stderr: error,
      ...('path' in stdin && { stdinPath: stdin.path }),
      ...('path' in settings.stdout && { stdoutPath: settings.stdout.path }),
      ...('path' in settings.stderr && { stderrPath: settings.stderr.path }),
      ...(settings.ttyPath !== '' && { ttyPath: settings.ttyPath }),
    },
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
