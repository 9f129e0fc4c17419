/** SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF"): what systemd derives a timer's fixed delay with. */

const mask = (1n << 64n) - 1n;

export function sipHash24(key: Uint8Array, message: Uint8Array): bigint {
  const k0 = word(key, 0);
  const k1 = word(key, 8);
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const rounds = (count: number): void => {
    for (let i = 0; i < count; i++) {
      v0 = (v0 + v1) & mask;
      v1 = rotate(v1, 13n) ^ v0;
      v0 = rotate(v0, 32n);
      v2 = (v2 + v3) & mask;
      v3 = rotate(v3, 16n) ^ v2;
      v0 = (v0 + v3) & mask;
      v3 = rotate(v3, 21n) ^ v0;
      v2 = (v2 + v1) & mask;
      v1 = rotate(v1, 17n) ^ v2;
      v2 = rotate(v2, 32n);
    }
  };
  const absorb = (value: bigint): void => {
    v3 ^= value;
    rounds(2);
    v0 ^= value;
  };
  const whole = message.length - (message.length % 8);
  for (let at = 0; at < whole; at += 8) absorb(word(message, at));
  // The rest, and the length in the topmost byte.
  absorb(word(message.subarray(whole), 0) | (BigInt(message.length & 255) << 56n));
  v2 ^= 255n;
  rounds(4);
  return v0 ^ v1 ^ v2 ^ v3;
}

/** Eight bytes, the least first; what is missing is 0. */
function word(bytes: Uint8Array, at: number): bigint {
  let value = 0n;
  for (let i = Math.min(8, bytes.length - at) - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i] ?? 0);
  return value;
}

function rotate(value: bigint, by: bigint): bigint {
  return ((value << by) | (value >> (64n - by))) & mask;
}
