/** Whether a mount unit's place is a mount point, whoever has mounted there: proc_pid_mountinfo(5). */
import { stemOf, type UnitName, unescapePath } from '../units/name.ts';
import type { Services } from './port.ts';

/** More than any container has. */
const longestTable = 4_000_000;

export function isMounted(files: Pick<Services['files'], 'readFile'>, name: UnitName): boolean {
  const place = unescapePath(stemOf(name));
  const table = files.readFile('/proc/self/mountinfo', longestTable);
  if (place === undefined || typeof table !== 'string') return false;
  // The fifth field, in which blanks and backslashes are octal.
  const written = place.replaceAll(/[\\ \t\n]/g, (each) => `\\${each.charCodeAt(0).toString(8).padStart(3, '0')}`);
  return table.split('\n').some((line) => line.split(' ')[4] === written);
}
