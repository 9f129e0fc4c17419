/** Bind mounts, partitions of images and their policies: man systemd.exec, systemd.image-policy. */

/** BindPaths=: `-/source:/destination:norbind`. */
export interface BindMount {
  readonly source: string;
  /** Where it is seen; the same path when it was not said. */
  readonly destination: string;
  /** `-`: no mount when there is no source. */
  readonly mayMiss: boolean;
  /** With what is mounted below it. */
  readonly recursive: boolean;
}

/** `source` and `destination` are simplified paths without `-`. */
export function formatBindMount({ source, destination, mayMiss, recursive }: BindMount): string {
  return `${mayMiss ? '-' : ''}${source}:${destination}:${recursive ? 'rbind' : 'norbind'}`;
}

/** What partitions of an image are for. Source: systemd's src/shared/dissect-image.c. */
const partitions = 'root root-secondary root-other usr usr-secondary usr-other home srv esp xbootldr swap tmp var';

export function isPartition(name: string): boolean {
  const plain = name.replace(/-verity(?:-sig)?$/, '');
  return partitions.split(' ').includes(plain) && (plain === name || /^(?:root|usr)/.test(plain));
}

const policyFlags =
  'verity signed encrypted unprotected unused absent open ignore read-only-on read-only-off growfs-on growfs-off';

/** RootImagePolicy= and its like: `root=verity+signed:swap=absent:=unused`, `*`, `-`, `~`. */
export function isImagePolicy(text: string): boolean {
  if (text === '*' || text === '~' || text === '-') return true;
  const seen = new Set<string>();
  return text.split(':').every((rule) => {
    const equals = rule.indexOf('=');
    const name = rule.slice(0, Math.max(0, equals)).trim();
    const flags = rule.slice(equals + 1).trim();
    if (equals < 0 || seen.has(name) || (name !== '' && !isPartition(name))) return false;
    seen.add(name);
    return (
      flags === '' || flags === '-' || flags.split('+').every((flag) => policyFlags.split(' ').includes(flag.trim()))
    );
  });
}
