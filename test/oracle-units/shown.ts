/** What `systemctl show --all UNIT…` prints. */

/** By Id, in the order of the answer: properties in the order they were printed; several lines of one property joined. */
export type Shown = ReadonlyMap<string, ReadonlyMap<string, string>>;

export function parseShown(text: string): Shown {
  const shown = new Map<string, ReadonlyMap<string, string>>();
  for (const block of text.split('\n\n')) {
    const properties = new Map<string, string>();
    for (const line of block.split('\n')) {
      const equals = line.indexOf('=');
      if (equals < 0) continue;
      const key = line.slice(0, equals);
      const before = properties.get(key);
      properties.set(key, (before === undefined ? '' : `${before}\n`) + line.slice(equals + 1));
    }
    const id = properties.get('Id');
    if (id !== undefined) shown.set(id, properties);
  }
  return shown;
}
