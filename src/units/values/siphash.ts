const mask = (1n << 64n) - 1n;

/** SipHash-2-4 of bytes, or of the characters of a text, which are bytes; `key`: two words of 64 bits, each with its lowest byte first. */
export function sipHash(message: string | Uint8Array, key: readonly [bigint, bigint]): bigint {
  const bytes =
    typeof message === 'string' ? Array.from(message, (character) => character.charCodeAt(0)) : Array.from(message);
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
  return state[0] ^ state[1] ^ state[2] ^ state[3];
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
