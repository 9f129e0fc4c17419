const powers = 'KMGTPE';

/** `8M`, `1.5G`, `infinity` to bytes at base 1024; undefined for none, or from 2^64 on. Source: parse_size() in systemd's src/basic/parse-util.c. */
export function parseSize(text: string): bigint | undefined {
  const match = /^(\d+)(?:\.(\d+))?[ \t]*([BKMGTPE]?)$/.exec(text);
  if (match === null) return undefined;
  const [, whole = '0', decimals = '', unit = ''] = match;
  if (whole.length > 20 || decimals.length > 18) return undefined;
  const factor = 1n << BigInt(10 * (powers.indexOf(unit) + 1 || 0));
  const scale = unit === '' || unit === 'B' ? 1n : factor;
  const fraction = decimals === '' ? 0n : (BigInt(decimals) * scale) / 10n ** BigInt(decimals.length);
  const size = BigInt(whole) * scale + fraction;
  return size < 1n << 64n ? size : undefined;
}
