/**
 * StandardInput=, StandardOutput=, StandardError= as the keeper takes them: which of the three is opened anew and which is
 * a copy of another is decided here (systemd.exec(5), "LOGGING AND STANDARD INPUT/OUTPUT"; setup_input(), setup_output() of
 * systemd's src/core/execute.c).
 */
import type { ExecSettings, StreamTarget } from '../units/exec-model.ts';
import type { ExecSlot, Unit } from '../units/model.ts';
import { base64Bytes } from '../units/values/base64.ts';
import { type FrameFields, streamKinds } from '../wire/schema.ts';

/** Phases whose commands are given the terminal; for the others it is /dev/null. */
const atTerminal: ReadonlySet<ExecSlot> = new Set(['ExecCondition', 'ExecStartPre', 'ExecStart', 'ExecStopPost']);

/** The fields of `run` that concern streams; what is left out has its default. */
export function streamFields(unit: Unit, settings: ExecSettings, phase: ExecSlot, given?: StreamTarget) {
  const stdin = given ?? settings.stdin;
  const { stdout, stderr } = settings;
  const data = stdin.kind === 'data' ? unit.accepted.get('StandardInputData') : undefined;
  const input = inputKind(settings, stdin, phase);
  const output = outputKind(stdout, stdin, input);
  const error = isCopyOf(stderr, stdout) ? streamKinds.inherit : outputKind(stderr, stdin, input);
  return {
    stdin: input === streamKinds.null ? undefined : input,
    stdinPath: argumentOf(stdin),
    stdinData: data === undefined ? undefined : base64Bytes(data),
    stdout: output,
    stdoutPath: argumentOf(stdout),
    stderr: error,
    stderrPath: argumentOf(stderr),
  } as const satisfies FrameFields<'run'>;
}

/** All three are those of the client that listens there. */
export function clientStreams(path: string): FrameFields<'run'> {
  const { client } = streamKinds;
  return { stdin: client, stdinPath: path, stdout: client, stderr: client };
}

/** Whether one of the outputs goes to the journal. */
export function goesToJournal({ stdout, stderr }: FrameFields<'run'>): boolean {
  return stdout === streamKinds.journal || stderr === streamKinds.journal;
}

function inputKind({ stdout, stderr }: ExecSettings, stdin: StreamTarget, phase: ExecSlot): number {
  switch (stdin.kind) {
    case 'file': {
      // An output to the same file shares its place in it.
      const isShared = [stdout, stderr].some((output) => output.kind === 'file' && output.path === stdin.path);
      return isShared ? streamKinds.readWrite : streamKinds.file;
    }
    case 'data':
    case 'fd':
    case 'socket':
      return streamKinds[stdin.kind];
    default:
      return terminals[atTerminal.has(phase) ? stdin.kind : 'null'] ?? streamKinds.null;
  }
}

/** Of stdout; of stderr where it is no copy of stdout. `input`: what stdin has become. */
function outputKind(target: StreamTarget, stdin: StreamTarget, input: number): number {
  switch (target.kind) {
    case 'null':
    case 'fd':
    case 'socket':
      return streamKinds[target.kind];
    case 'file':
    case 'append':
    case 'truncate':
      return stdin.kind === 'file' && stdin.path === target.path ? streamKinds.asStdin : streamKinds[target.kind];
    case 'tty':
    case 'tty-force':
    case 'tty-fail':
      return Object.values(terminals).includes(input) ? streamKinds.asStdin : streamKinds.tty;
    case 'inherit':
      if (input !== streamKinds.null && input !== streamKinds.data) return streamKinds.asStdin;
      return stdin.kind.startsWith('tty') ? streamKinds.tty : streamKinds.null;
    // There is no kernel log to write to, and the journal goes on to the console by itself.
    default:
      return streamKinds.journal;
  }
}

function isCopyOf(stderr: StreamTarget, stdout: StreamTarget): boolean {
  if (stderr.kind === 'inherit') return true;
  return stderr.kind === stdout.kind && argumentOf(stderr) === argumentOf(stdout);
}

/** How a terminal is had that another session holds: it is waited for, taken away, or not had. */
const terminals: Readonly<Record<string, number>> = {
  tty: streamKinds.tty,
  'tty-force': streamKinds.ttyForce,
  'tty-fail': streamKinds.ttyFail,
};

/** The path, or the descriptor's name. */
function argumentOf(target: StreamTarget): string | undefined {
  return 'path' in target ? target.path : 'name' in target ? target.name : undefined;
}
