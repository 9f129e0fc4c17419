/**
 * Words of fixed lists, in which a word's place is its number. A list is one string with blanks between: most are never asked, and
 * strings of their own would cost memory. Source: systemd's src/basic/string-table.h.
 */
import { parseInteger } from './integer.ts';

/** The place of a word (`-` is none), or a number up to `most`. */
export function parseWordOrNumber(text: string, words: string, most: number): number | undefined {
  const place = text === '-' ? -1 : words.split(' ').indexOf(text);
  return place >= 0 ? place : parseInteger(text, 0, most);
}

export function formatWordOrNumber(number: number, words: string): string {
  const word = words.split(' ')[number];
  return word === undefined || word === '-' ? String(number) : word;
}

/** Words as bits by their place; undefined when one is in no place. */
export function parseBits(words: readonly string[], list: string): number | undefined {
  const places = list.split(' ');
  let bits = 0;
  for (const word of words) {
    const place = places.indexOf(word);
    if (place < 0) return undefined;
    bits |= 1 << place;
  }
  return bits;
}

/** In the order of their places. */
export function formatBits(bits: number, list: string): string {
  return list
    .split(' ')
    .filter((_, place) => ((bits >> place) & 1) === 1)
    .join(' ');
}

/** RestrictNamespaces= */
export const namespaceNames = 'cgroup ipc net mnt pid user uts time';

/** SecureBits=, by the bits of prctl(2). */
export const secureBitNames = 'noroot noroot-locked no-setuid-fixup no-setuid-fixup-locked keep-caps keep-caps-locked';

/** CoredumpFilter=, by the bits of core(5). */
export const coredumpFilterNames =
  'private-anonymous shared-anonymous private-file-backed shared-file-backed elf-headers private-huge shared-huge private-dax shared-dax';

/** sched_setscheduler(2); 4 is not used. */
export const schedulingPolicies = 'other fifo rr batch - idle';

/** ioprio_set(2) */
export const ioClasses = 'none realtime best-effort idle';

/** set_mempolicy(2) */
export const numaPolicies = 'default preferred bind interleave local';

/** syslog(3) */
export const logLevels = 'emerg alert crit err warning notice info debug';

/** syslog(3), shifted by three bits. */
export const logFacilities =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp - - - - local0 local1 local2 local3 local4 local5 local6 local7';

/** cgroups(7): DisableControllers=, Delegate=. */
export const controllers =
  'cpu cpuacct cpuset io blkio memory devices pids bpf-firewall bpf-devices bpf-foreign bpf-socket-bind bpf-restrict-network-interfaces';
