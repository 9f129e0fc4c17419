import { parseInteger } from './integer.ts';

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

export type ExitStatusClass = 'libc' | 'LSB' | 'BSD' | 'systemd';

/** Who gave the status its name; undefined where it has none. */
export function exitStatusClass(status: number): ExitStatusClass | undefined {
  if (exitStatusName(status) === undefined) return undefined;
  return status < 2 ? 'libc' : status < 64 ? 'LSB' : status < 200 ? 'BSD' : 'systemd';
}
