/** Where zones come from: the C library's rules for $TZ and /etc/localtime, and the names below /usr/share/zoneinfo. */
import { parseRule, parseZoneFile, utc, type Zone } from './zone.ts';

/** All that is asked of the disk: bytes of a regular file, or an errno. */
export interface ZoneFiles {
  readRange(path: string, offset: number, length: number): Uint8Array | number;
}

export interface Zones {
  /** What $TZ or /etc/localtime say; read when first asked for. */
  readonly local: Zone;
  /** `Europe/Berlin`; undefined where there is no such file. `UTC` is always there. Source: systemd's timezone_is_valid(). */
  named(name: string): Zone | undefined;
}

const directory = '/usr/share/zoneinfo/';
const localFile = '/etc/localtime';
const longestFile = 65_536;

/** `tz`: the value of $TZ; undefined where it is not set. */
export function zonesFrom(files: ZoneFiles, tz: string | undefined): Zones {
  let local: Zone | undefined;
  return {
    get local() {
      return (local ??= localZone(files, tz));
    },
    named: (name) => (!isZoneName(name) ? undefined : name === 'UTC' ? utc : read(files, directory + name)),
  };
}

/** Nothing but UTC: for a world without files. */
export const onlyUtc: Zones = { local: utc, named: (name) => (name === 'UTC' ? utc : undefined) };

function isZoneName(text: string): boolean {
  return /^[A-Za-z0-9_+-]+(?:\/[A-Za-z0-9_+-]+)*$/.test(text) && text.length < 4096;
}

function localZone(files: ZoneFiles, tz: string | undefined): Zone {
  if (tz === undefined) return read(files, localFile) ?? utc;
  const name = tz.replace(/^:/, '');
  if (name === '') return utc;
  return read(files, name.startsWith('/') ? name : directory + name) ?? parseRule(name) ?? unknown(name);
}

/** What cannot be understood is UTC under its own name. */
function unknown(text: string): Zone {
  const [, abbreviation = ''] = /^<?([A-Za-z]{3,})/.exec(text) ?? [];
  return {
    typeAt: () => ({ offset: 0, isDst: false, abbreviation }),
    names: [abbreviation, ''],
    isUtc: true,
  };
}

function read(files: ZoneFiles, path: string): Zone | undefined {
  const bytes = files.readRange(path, 0, longestFile);
  return typeof bytes === 'number' ? undefined : parseZoneFile(bytes);
}
