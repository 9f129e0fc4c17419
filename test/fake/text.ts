/** UTF-8 both ways with bytes that are none kept as lone surrogates U+DC80 … U+DCFF: see the head of src/host.d.ts. */

/** UTF-8 of a text; an escaped byte becomes that byte, any other lone surrogate U+FFFD. */
export function encodeText(text: string): Uint8Array {
  if (!/[\ud800-\udfff]/.test(text)) return new Uint8Array(Buffer.from(text, 'utf8'));
  const parts = text.split(/((?<![\ud800-\udbff])[\udc80-\udcff])/);
  return new Uint8Array(
    Buffer.concat(
      parts.map((part, i) => (i % 2 === 1 ? Buffer.of(part.charCodeAt(0) & 0xff) : Buffer.from(part, 'utf8'))),
    ),
  );
}

/** Bytes [from, to) as a text. */
export function decodeText(bytes: Uint8Array, from: number, to: number): string {
  const range = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
  const text = range.toString('utf8');
  if (!/[\ufffd\p{Noncharacter_Code_Point}]/u.test(text)) return text;
  let result = '';
  for (let at = 0; at < range.length;) {
    const length = sequenceLength(range, at);
    if (length === 0) result += String.fromCharCode(0xdc00 + (range[at] ?? 0));
    else result += range.toString('utf8', at, at + length);
    at += Math.max(length, 1);
  }
  return result;
}

/** Length of the valid UTF-8 sequence at that place, 0 when there is none (RFC 3629, table 3-7 of Unicode). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  const second = bytes[at + 1] ?? 0;
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (length === 0 || second < lowest || second > highest) return 0;
  for (let i = 2; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  const [third = 0, fourth = 0] = [bytes[at + 2], bytes[at + 3]];
  // What Unicode says is no character.
  if (length === 3 && first === 0xef) {
    if ((second === 0xb7 && third >= 0x90 && third <= 0xaf) || (second === 0xbf && third >= 0xbe)) return 0;
  }
  return length === 4 && (second & 0x0f) === 0x0f && third === 0xbf && fourth >= 0xbe ? 0 : length;
}
