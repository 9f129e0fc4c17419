import { globSync, readFileSync } from 'node:fs';

/** One apt source of this machine, in either format, as far as we use it. */
interface AptSource {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** deb822 fields, or options in brackets, that say how to reach and trust the archive: kept as they are. */
  readonly rest: readonly (readonly [field: string, value: string])[];
}

/** The texts of a machine's apt sources, by format. */
export interface AptSourceTexts {
  readonly deb822: readonly string[];
  readonly oneLine: readonly string[];
}

/** The machine's own. */
export function machineAptSources(): AptSourceTexts {
  const read = (files: readonly string[]): string[] => files.map((file) => readFileSync(file, 'utf8'));
  return {
    deb822: read(globSync('/etc/apt/sources.list.d/*.sources').sort()),
    oneLine: read(globSync(['/etc/apt/sources.list', '/etc/apt/sources.list.d/*.list']).sort()),
  };
}

/**
 * An apt source file (deb822) that names `suite`'s source packages at the archives from which a machine has its own
 * release, with its mirror, options and keyring. Security, updates and foreign archives are left out: they are told by
 * their suite, which is not the release's own name.
 *
 * @param osRelease the text of os-release(5)
 * @returns undefined when the machine names no such archive.
 */
export function debianSources(suite: string, osRelease: string, texts: AptSourceTexts): string | undefined {
  const release = releaseNames(osRelease);
  const sources = [...texts.deb822.flatMap(parseDeb822), ...texts.oneLine.flatMap(parseOneLine)].filter(
    (source) => source.components.includes('main') && source.suites.some((name) => release.has(name)),
  );
  return sources.length === 0 ? undefined : sources.map((source) => formatDeb822(source, suite)).join('\n');
}

/** What a source of the machine's release may call it: its code name, or the moving names. */
function releaseNames(osRelease: string): ReadonlySet<string> {
  const codename = /^VERSION_CODENAME="?([^"\n]+)"?$/m.exec(osRelease)?.[1];
  return new Set(['stable', 'testing', 'unstable', 'sid', ...(codename === undefined ? [] : [codename])]);
}

/** sources.list(5), "DEB822-STYLE FORMAT". */
function parseDeb822(text: string): AptSource[] {
  const sources: AptSource[] = [];
  const withoutComments = text.replaceAll(/^#.*\n?/gm, '');
  for (const stanza of withoutComments.split(/\n[ \t]*\n/)) {
    const fields = new Map<string, string>();
    for (const [, field = '', value = ''] of stanza.matchAll(/^([^\s:]+):(.*(?:\n[ \t].*)*)/gm))
      fields.set(field.toLowerCase(), value.trimEnd().replace(/^[ \t]+/, ''));
    const take = (field: string): string[] => {
      const value = fields.get(field) ?? '';
      fields.delete(field);
      return value.split(/\s+/).filter((word) => word !== '');
    };
    const types = take('types');
    if (fields.get('enabled') === 'no' || !types.some((type) => type === 'deb' || type === 'deb-src')) continue;
    for (const unused of ['architectures', 'languages', 'targets']) fields.delete(unused);
    sources.push({ uris: take('uris'), suites: take('suites'), components: take('components'), rest: [...fields] });
  }
  return sources;
}

/** sources.list(5), "ONE-LINE-STYLE FORMAT". */
function parseOneLine(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const line of text.matchAll(/^\s*deb(?:-src)?\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#\n]*)/gm)) {
    const [, options = '', uri = '', suite = '', components = ''] = line;
    const rest = [...options.matchAll(/(\S+?)=(\S+)/g)]
      .map(([, field = '', value = '']) => [field.toLowerCase(), value.replaceAll(',', ' ')] as const)
      .filter(([field]) => !['arch', 'lang', 'target'].includes(field));
    sources.push({ uris: [uri], suites: [suite], components: components.trim().split(/\s+/), rest });
  }
  return sources;
}

function formatDeb822(source: AptSource, suite: string): string {
  const lines = [
    'Types: deb-src',
    `URIs: ${source.uris.join(' ')}`,
    `Suites: ${suite}`,
    'Components: main',
    ...source.rest.map(([field, value]) => `${field}: ${value}`),
  ];
  return `${lines.join('\n')}\n`;
}
