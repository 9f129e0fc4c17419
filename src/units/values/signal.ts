import { parseInteger } from './integer.ts';

/** Signals of Linux on amd64 and arm64 by number, from 1. */
const names =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(
    ' ',
  );
const firstRealtime = 34;
const lastRealtime = 64;

/** `SIGTERM`, `TERM`, `15`, `RTMIN+3`, `SIGRTMAX-1` … as a number from 1 to 64; undefined for anything else. Source: signal_from_string() in systemd's src/basic/signal-util.c. */
export function parseSignal(text: string): number | undefined {
  const plain = parseInteger(text, 1, lastRealtime);
  if (plain !== undefined) return plain;
  const name = text.startsWith('SIG') ? text.slice(3) : text;
  const index = names.indexOf(name);
  if (index >= 0) return index + 1;
  const match = /^RT(?:(MIN)(?:\+(\d{1,2}))?|(MAX)(?:-(\d{1,2}))?)$/.exec(name);
  if (match === null) return undefined;
  const [, fromFirst, up = '0', , down = '0'] = match;
  const number = fromFirst !== undefined ? firstRealtime + Number(up) : lastRealtime - Number(down);
  return number >= firstRealtime && number <= lastRealtime ? number : undefined;
}

/** `SIGTERM` of 15, `SIGRTMIN+3` of 37; the number itself for one that has no name. */
export function formatSignal(number: number): string {
  const name = names[number - 1];
  if (name !== undefined) return `SIG${name}`;
  if (number === firstRealtime) return 'SIGRTMIN';
  if (number > firstRealtime && number <= lastRealtime) return `SIGRTMIN+${number - firstRealtime}`;
  return String(number);
}
