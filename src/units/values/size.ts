/** Sizes in bytes. Source: parse_size() in systemd's src/basic/parse-util.c. */
const suffixes = 'EPTGMKB';
const part = /[ \t\r\n]*\+?(\d+)(?:\.(\d*))?[ \t\r\n]*([EPTGMKB]?)/y;

/** Of memory and files, or of rates. */
export type SizeBase = 1024 | 1000;

/**
 * `8M`, `1.5G`, `1G 512M` to bytes; the suffixes of several parts must fall. undefined for none, or from 2^64 on. What a fraction
 * of a byte makes is dropped.
 */
export function parseSize(text: string, base: SizeBase = 1024): bigint | undefined {
  let total = 0n;
  let least = -1;
  let position = 0;
  do {
    part.lastIndex = position;
    const match = part.exec(text);
    if (match === null) return undefined;
    const [, whole = '0', decimals = '', suffix = ''] = match;
    if (whole.length > 20 || decimals.length > 18) return undefined;
    const rank = suffix === '' ? suffixes.length : suffixes.indexOf(suffix);
    if (rank <= least) return undefined;
    least = rank;
    const factor = BigInt(base) ** BigInt(Math.max(0, 6 - rank));
    total += BigInt(whole) * factor;
    if (decimals !== '') total += (BigInt(decimals) * factor) / 10n ** BigInt(decimals.length);
    position = part.lastIndex;
  } while (position < text.length);
  return total < 1n << 64n ? total : undefined;
}

/** With the largest suffix that says it exactly: `1536M`. */
export function formatSize(bytes: bigint, base: SizeBase = 1024): string {
  for (let rank = 0; rank < 6 && bytes > 0n; rank++) {
    const factor = BigInt(base) ** BigInt(6 - rank);
    if (bytes % factor === 0n) return `${bytes / factor}${suffixes.charAt(rank)}`;
  }
  return String(bytes);
}
