/** Settings of a service's terminal: systemd.exec(5), TTYPath= and what follows. */
import type { ExecSettings, StreamTarget } from '../units/exec-model.ts';
import type { Unit } from '../units/model.ts';
import { type FrameFields, runFlags } from '../wire/schema.ts';

/** Bits of run.flags; 0 for most units. */
export function terminalFlags({ accepted }: Unit): number {
  if (accepted.size === 0) return 0;
  let flags = 0;
  if (accepted.get('TTYReset') === 'yes') flags |= runFlags.ttyReset;
  if (accepted.get('TTYVHangup') === 'yes') flags |= runFlags.ttyVhangup;
  if (accepted.get('TTYVTDisallocate') === 'yes') flags |= runFlags.ttyVtDisallocate;
  return flags;
}

/** Whether commands read from the terminal that the container was given. */
export function wantsContainerTerminal({ stdin, ttyPath }: ExecSettings): boolean {
  return stdin.kind.startsWith('tty') && (ttyPath === '' || ttyPath === '/dev/console');
}

/** Fields of `run`. */
export function terminalSize({ accepted }: Unit): FrameFields<'run'> {
  const size = (key: string): number | undefined => {
    const value = accepted.get(key);
    return value === undefined ? undefined : Number(value) + 1;
  };
  return accepted.size === 0 ? {} : { ttyRowsPlus1: size('TTYRows'), ttyColumnsPlus1: size('TTYColumns') };
}

/** Fields of `release`: the terminal is left as the next one wants it (exec_context_revert_tty()). */
export function releaseFields(unit: Unit | undefined): FrameFields<'release'> {
  const flags = unit === undefined ? 0 : terminalFlags(unit);
  return flags === 0 ? {} : { ttyPath: unit?.service?.exec.ttyPath, flags };
}

/**
 * TERM= of a process that has to do with a terminal, as NAME=VALUE; none where the container's own is right: it is that of
 * the console. Source: build_environment() and default_term_for_tty() of systemd.
 */
export function terminalVariables(exec: ExecSettings, container: ReadonlyMap<string, string>): readonly string[] {
  const { stdin, stdout, stderr, ttyPath } = exec;
  const isUsed = ttyPath !== '' || stdin.kind.startsWith('tty') || writesThere(stdout) || writesThere(stderr);
  if (!isUsed) return [];
  const isConsole = ttyPath === '' || ttyPath === '/dev/console';
  if (isConsole && container.has('TERM')) return [];
  return [`TERM=${/^\/dev\/tty\d+$/.test(ttyPath) ? 'linux' : 'vt220'}`];
}

function writesThere({ kind }: StreamTarget): boolean {
  return kind === 'tty' || kind === 'journal+console' || kind === 'kmsg+console';
}
