const yes = new Set(['1', 'yes', 'y', 'true', 't', 'on']);
const no = new Set(['0', 'no', 'n', 'false', 'f', 'off']);

/** systemd's parse_boolean(): any case; undefined for another word. */
export function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (yes.has(word)) return true;
  return no.has(word) ? false : undefined;
}

export function formatBoolean(value: boolean): 'yes' | 'no' {
  return value ? 'yes' : 'no';
}
