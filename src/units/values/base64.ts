/** Base64 as systemd reads it: blanks anywhere (src/basic/hexdecoct.c). */
const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The bytes of a text that isBase64() takes; several of them may stand one after the other, each with its own end. */
export function base64Bytes(text: string): Uint8Array {
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const character of text) {
    const digit = digits.indexOf(character);
    if (digit < 0) {
      // `=`: what is left of the last digit is nothing.
      if (character === '=') count = 0;
      continue;
    }
    bits = ((bits << 6) | digit) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push((bits >> count) & 0xff);
  }
  return Uint8Array.from(bytes);
}

export function base64Text(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += [18, 12, 6, 0].map((shift, place) => (place > left ? '=' : digits.charAt((bits >> shift) & 63))).join('');
  }
  return text;
}
