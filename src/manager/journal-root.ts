import type { Host } from '../host.d.ts';

/** Where journals are: kept with the container's files if they can be written, else below the run directory. */
export function makeJournalRoot(host: Pick<Host, 'makeDirectory' | 'access'>, runtimeDirectory: string): string {
  for (const directory of ['/var/log/pidone', `${runtimeDirectory}/journal`]) {
    const error = host.makeDirectory(directory, 0o755);
    if ((error === undefined || error === 17) && host.access(directory, 3) === undefined) return directory;
  }
  return '';
}
