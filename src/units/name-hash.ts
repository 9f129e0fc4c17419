/** Names that are too long: systemd's unit_name_hash_long() in src/basic/unit-name.c. */

import { sipHash } from './values/siphash.ts';

const longest = 255;
/** systemd's, as two words of 64 bits. */
const key: readonly [bigint, bigint] = [0x324a3258fb37f2ecn, 0x9aeb210d9b069f84n];

/** As much of an ASCII name as there is room for, `_`, a hash of the whole, and its suffix; 255 characters. */
export function shortenName(name: string): string {
  const suffix = name.slice(name.lastIndexOf('.'));
  const hash = hexOf(sipHash(`${name}\0`, key));
  return `${name.slice(0, longest - suffix.length - hash.length - 1)}_${hash}${suffix}`;
}

/** Its bytes in hex, the lowest first. */
function hexOf(hash: bigint): string {
  // Byte by byte: QuickJS puts a 0 before the hex digits of a bigint whose highest bit is set.
  return Array.from({ length: 8 }, (_, index) => Number((hash >> BigInt(8 * index)) & 0xffn))
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
