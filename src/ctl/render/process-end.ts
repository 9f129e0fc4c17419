/** How a process ended, in systemctl's words. */
import type { ProcessEnd } from '../../manager/api.ts';
import { exitStatusName } from '../../units/values/exit-status.ts';
import { formatSignal } from '../../units/values/signal.ts';

/** `code=exited, status=203/EXEC`, `code=killed, signal=TERM`. */
export function endText({ code, status }: ProcessEnd): string {
  if (code === 'unknown') return 'code=unknown';
  if (code !== 'exited') return `code=${code}, signal=${formatSignal(status).replace(/^SIG/, '')}`;
  // Names of LSB and BSD are guesses about a program; libc's and systemd's are not.
  const name = status <= 1 || status >= 200 ? exitStatusName(status) : undefined;
  return `code=exited, status=${status}${name === undefined ? '' : `/${name}`}`;
}

/** What `show` has for it: CLD_EXITED 1, CLD_KILLED 2, CLD_DUMPED 3; 0 while there is none. */
export function codeNumber(end: ProcessEnd | undefined): number {
  switch (end?.code) {
    case 'exited':
      return 1;
    case 'killed':
      return 2;
    case 'dumped':
      return 3;
    default:
      return 0;
  }
}

/** Status 0, or a signal that daemons are ended with: is_clean_exit() of systemd's src/shared/exit-status.c. */
export function isClean({ code, status }: ProcessEnd): boolean {
  if (code === 'exited') return status === 0;
  return code === 'killed' && cleanSignals.has(status);
}

/** SIGHUP, SIGINT, SIGPIPE, SIGTERM */
const cleanSignals: ReadonlySet<number> = new Set([1, 2, 13, 15]);
