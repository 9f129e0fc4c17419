import type { ExitStatusSet } from '../exec-model.ts';
import { parseInteger } from './integer.ts';
import { formatSignal, parseSignal } from './signal.ts';

/** Names and classes of exit statuses: man systemd.exec, "PROCESS EXIT CODES"; systemd's src/shared/exit-status.c. */
const libc: readonly (readonly [string, number])[] = [
  ['SUCCESS', 0],
  ['FAILURE', 1],
];
const lsb = 'INVALIDARGUMENT NOTIMPLEMENTED NOPERMISSION NOTINSTALLED NOTCONFIGURED NOTRUNNING'.split(' ');
const bsd =
  'USAGE DATAERR NOINPUT NOUSER NOHOST UNAVAILABLE SOFTWARE OSERR OSFILE CANTCREAT IOERR TEMPFAIL PROTOCOL NOPERM CONFIG'.split(
    ' ',
  );
const systemd =
  'CHDIR NICE FDS EXEC MEMORY LIMITS OOM_ADJUST SIGNAL_MASK STDIN STDOUT CHROOT IOPRIO TIMERSLACK SECUREBITS SETSCHEDULER CPUAFFINITY GROUP USER CAPABILITIES CGROUP SETSID CONFIRM STDERR - PAM NETWORK NAMESPACE NO_NEW_PRIVILEGES SECCOMP SELINUX_CONTEXT PERSONALITY APPARMOR ADDRESS_FAMILIES RUNTIME_DIRECTORY - CHOWN SMACK_PROCESS_LABEL KEYRING STATE_DIRECTORY CACHE_DIRECTORY LOGS_DIRECTORY CONFIGURATION_DIRECTORY NUMA_POLICY CREDENTIALS BPF'.split(
    ' ',
  );

/** A status by name, or by number (0 to 255) in any notation that systemd's safe_atou8() reads; undefined for anything else. */
export function parseExitStatus(text: string): number | undefined {
  const number = parseInteger(text.replace(/^[ \t\n\r]+/, ''), 0, 255);
  if (number !== undefined) return number;
  const plain = libc.find(([name]) => name === text);
  if (plain !== undefined) return plain[1];
  if (text === 'EXCEPTION') return 255;
  if (text === '-') return undefined;
  if (lsb.includes(text)) return 2 + lsb.indexOf(text);
  if (bsd.includes(text)) return 64 + bsd.indexOf(text);
  return systemd.includes(text) ? 200 + systemd.indexOf(text) : undefined;
}

/** The name of a status, or undefined where it has none. */
export function exitStatusName(status: number): string | undefined {
  const name =
    status <= 1
      ? libc[status]?.[0]
      : status === 255
        ? 'EXCEPTION'
        : (lsb[status - 2] ?? bsd[status - 64] ?? systemd[status - 200]);
  return name === '-' ? undefined : name;
}

/** The name of a status, or its number where it has none. */
export function formatExitStatus(status: number): string {
  return exitStatusName(status) ?? String(status);
}

export type ExitStatusClass = 'libc' | 'LSB' | 'BSD' | 'systemd';

/** The statuses and signals of SuccessExitStatus= and its like, as `show` has them; parseExitStatuses() reads that again. */
export function formatExitStatuses({ statuses, signals }: ExitStatusSet): string {
  return [
    ...[...statuses].sort((a, b) => a - b).map(String),
    ...[...signals].map((each) => formatSignal(each).replace(/^SIG/, '')),
  ].join(' ');
}

/** Statuses by number or name, signals by name; `wrong` are the words that are neither. */
export function parseExitStatuses(words: readonly string[]): ExitStatusSet & { readonly wrong: readonly string[] } {
  const statuses = new Set<number>();
  const signals = new Set<number>();
  const wrong: string[] = [];
  for (const word of words) {
    const status = parseExitStatus(word);
    const signal = status === undefined ? parseSignal(word) : undefined;
    if (status !== undefined) statuses.add(status);
    else if (signal !== undefined) signals.add(signal);
    else wrong.push(word);
  }
  return { statuses, signals, wrong };
}

/** Who gave the status its name; undefined where it has none. */
export function exitStatusClass(status: number): ExitStatusClass | undefined {
  if (exitStatusName(status) === undefined) return undefined;
  return status < 2 ? 'libc' : status < 64 ? 'LSB' : status < 200 ? 'BSD' : 'systemd';
}
