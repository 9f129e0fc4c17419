/**
 * LoadCredential=, ImportCredential=, SetCredential= of systemd.exec(5); called secrets here, as credentials are who a command runs
 * as. What is to be read is found here and read by the keeper; a part of the program that is loaded for the first unit that has
 * some. Source: acquire_credentials() of systemd's src/core/execute.c.
 */
import type { HostFiles } from '../host.d.ts';
import { utf8 } from '../units/name.ts';
import { secretText } from '../units/secret-settings.ts';
import type { FrameFields } from '../wire/schema.ts';

export type Secrets =
  { readonly ok: true; readonly fields: FrameFields<'run'> } | { readonly ok: false; readonly why: string };

export interface SecretsPort {
  readonly files: Pick<HostFiles, 'readDirectory'>;
  readonly container: ReadonlyMap<string, string>;
}

/** Where names are looked up after $CREDENTIALS_DIRECTORY of the container; engines give their secrets at the last one. */
const stores = '/etc/credstore /run/credstore /usr/local/lib/credstore /usr/lib/credstore /lib/credstore /run/secrets';
const encryptedStores =
  '/etc/credstore.encrypted /run/credstore.encrypted /usr/local/lib/credstore.encrypted /usr/lib/credstore.encrypted /lib/credstore.encrypted';

/** `owner`: the uid that may read them. */
export function secretFields(
  accepted: ReadonlyMap<string, string>,
  directory: string,
  owner: number,
  port: SecretsPort,
): Secrets {
  const lines = (key: string): readonly string[] => (accepted.get(key) ?? '').split('\n').filter((line) => line !== '');
  const encrypted = encryptedName(lines, port);
  if (encrypted !== undefined)
    return { ok: false, why: `Failed to set up credentials: ${encrypted} is encrypted, and a container has no key` };
  const own = new Map(lines('SetCredential').map(splitName));
  const searched = searchPath(port.container);
  const records: string[] = [];
  for (const [name, source] of new Map(lines('LoadCredential').map(splitName)))
    if (source.startsWith('/')) records.push(own.has(name) ? 'o' : 'l', name, source);
    else for (const store of searched) records.push('f', name, `${store}/${source === '' ? name : source}`);
  for (const line of lines('ImportCredential')) records.push(...imported(line, searched, port));
  const data: number[] = [];
  for (const [name, text] of own) {
    const bytes = Array.from(secretText(text) ?? '', utf8).flat();
    records.push(`s${data.length} ${bytes.length}`, name, '');
    for (const byte of bytes) data.push(byte);
  }
  return {
    ok: true,
    fields: {
      secretsDirectory: directory,
      secretsOwner: owner,
      secrets: records,
      secretsData: data.length > 0 ? Uint8Array.from(data) : undefined,
    },
  };
}

/** `NAME:REST`, of which the last of a name counts. */
function splitName(line: string): readonly [name: string, rest: string] {
  const colon = line.indexOf(':');
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1)];
}

function searchPath(container: ReadonlyMap<string, string>): readonly string[] {
  const given = container.get('CREDENTIALS_DIRECTORY') ?? '';
  return (given.startsWith('/') ? [given] : []).concat(stores.split(' '));
}

/** One that cannot be had without its key. A name that is in no store is no failure. */
function encryptedName(
  lines: (key: string) => readonly string[],
  { files, container }: SecretsPort,
): string | undefined {
  const set = lines('SetCredentialEncrypted').map(splitName)[0];
  if (set !== undefined) return set[0];
  const given = container.get('ENCRYPTED_CREDENTIALS_DIRECTORY') ?? '';
  const searched = encryptedStores.split(' ').concat(given.startsWith('/') ? given : []);
  for (const [name, source] of lines('LoadCredentialEncrypted').map(splitName)) {
    const wanted = source === '' ? name : source;
    if (wanted.startsWith('/') || searched.some((store) => namesIn(store, files).includes(wanted))) return name;
  }
  return undefined;
}

/** `NAME`, or `BEGIN*`; behind a colon what the beginning becomes. */
function imported(line: string, searched: readonly string[], { files }: SecretsPort): readonly string[] {
  const [glob, rename] = splitName(line);
  const stem = glob.replace(/\*$/, '');
  const records: string[] = [];
  for (const store of searched)
    for (const name of namesIn(store, files))
      if (glob === stem ? name === stem : name.startsWith(stem))
        records.push('f', rename === '' ? name : rename + name.slice(stem.length), `${store}/${name}`);
  return records;
}

function namesIn(directory: string, files: Pick<HostFiles, 'readDirectory'>): readonly string[] {
  const entries = files.readDirectory(directory);
  if (typeof entries === 'number') return [];
  // Engines mount links to what may change.
  return entries
    .filter(({ type, name }) => type !== 'directory' && !name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
}
