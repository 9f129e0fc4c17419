/**
 * Journals of units that are known no more: they are kept, as that is when one wants to read them, but not without
 * bound. Each connection of Accept=yes and each run of systemd-run is a unit with a journal of its own.
 */
import type { HostFiles } from '../host.d.ts';
import type { UnitName } from '../units/name.ts';

/** So many stay, the newest. */
const kept = 512;
/** The folder is looked through when the first unit is forgotten, and after so many more. */
const interval = 64;

type Files = Pick<HostFiles, 'readDirectory' | 'statusNoFollow' | 'removeTree'>;

export interface LapsedJournals {
  /** A unit that may have a journal was forgotten. */
  forgot(): void;
}

/** root: where the journals are, '' for nowhere. isKnown: such a journal stays, however old. */
export function createLapsedJournals(files: Files, root: string, isKnown: (unit: UnitName) => boolean): LapsedJournals {
  let until = 1;
  return {
    forgot() {
      until -= 1;
      if (until > 0 || root === '') return;
      until = interval;
      const entries = files.readDirectory(root);
      if (typeof entries === 'number' || entries.length <= kept) return;
      const lapsed = entries.map(({ name }) => `${root}/${name}`).filter((path) => !isKnown(unitOf(path)));
      const ages = lapsed.map((path) => ({ path, modified: lastWritten(files, path) }));
      ages.sort((a, b) => b.modified - a.modified);
      for (const { path } of ages.slice(kept)) files.removeTree(path);
    },
  };
}

function unitOf(path: string): UnitName {
  return path.slice(path.lastIndexOf('/') + 1) as UnitName;
}

/** usec since 1970. */
function lastWritten(files: Files, directory: string): number {
  const status = files.statusNoFollow(`${directory}/current`);
  return typeof status === 'number' ? 0 : status.modified;
}
