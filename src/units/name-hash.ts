/** Names that are too long: systemd's unit_name_hash_long() in src/basic/unit-name.c. */

const longest = 255;
/** systemd's, as two words of 64 bits. */
const key: readonly [bigint, bigint] = [0x324a3258fb37f2ecn, 0x9aeb210d9b069f84n];
const mask = (1n << 64n) - 1n;

/** As much of an ASCII name as there is room for, `_`, a hash of the whole, and its suffix; 255 characters. */
export function shortenName(name: string): string {
  const suffix = name.slice(name.lastIndexOf('.'));
  const hash = sipHash(name);
  return `${name.slice(0, longest - suffix.length - hash.length - 1)}_${hash}${suffix}`;
}

/** SipHash-2-4 of the characters of `text` and the NUL behind them, its bytes in hex, the lowest first. */
function sipHash(text: string): string {
  const bytes = Array.from(`${text}\0`, (character) => character.charCodeAt(0));
  const [low, high] = key;
  const state: State = [
    low ^ 0x736f6d6570736575n,
    high ^ 0x646f72616e646f6dn,
    low ^ 0x6c7967656e657261n,
    high ^ 0x7465646279746573n,
  ];
  for (let at = 0; at <= bytes.length; at += 8) {
    let word = at + 8 > bytes.length ? BigInt(bytes.length & 0xff) << 56n : 0n;
    for (const [index, byte] of bytes.slice(at, at + 8).entries()) word |= BigInt(byte) << BigInt(8 * index);
    state[3] ^= word;
    stir(state, 2);
    state[0] ^= word;
  }
  state[2] ^= 0xffn;
  stir(state, 4);
  const hash = state[0] ^ state[1] ^ state[2] ^ state[3];
  // Byte by byte: QuickJS puts a 0 before the hex digits of a bigint whose highest bit is set.
  return Array.from({ length: 8 }, (_, index) => Number((hash >> BigInt(8 * index)) & 0xffn))
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

type State = [bigint, bigint, bigint, bigint];

function stir(state: State, rounds: number): void {
  let [a, b, c, d] = state;
  for (let round = 0; round < rounds; round++) {
    a = (a + b) & mask;
    b = turn(b, 13n) ^ a;
    a = turn(a, 32n);
    c = (c + d) & mask;
    d = turn(d, 16n) ^ c;
    a = (a + d) & mask;
    d = turn(d, 21n) ^ a;
    c = (c + b) & mask;
    b = turn(b, 17n) ^ c;
    c = turn(c, 32n);
  }
  [state[0], state[1], state[2], state[3]] = [a, b, c, d];
}

function turn(word: bigint, bits: bigint): bigint {
  return ((word << bits) | (word >> (64n - bits))) & mask;
}
