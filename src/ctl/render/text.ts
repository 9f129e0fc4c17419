/**
 * Text from outside (names, descriptions, log lines) for a terminal: nothing in it may steer the terminal. C0 (newline and tab
 * apart, which callers decide on), DEL and C1 control characters and bytes that are no UTF-8 are shown as `\xHH`.
 */
export function harmless(text: string): string {
  return unsafe.test(text) ? text.replace(everyUnsafe, escaped) : text;
}

// The lone surrogates U+DC80 to U+DCFF stand for bytes that are no UTF-8 (host.d.ts).
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const unsafe = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\udc80-\udcff]/;
// eslint-disable-next-line no-control-regex -- as above
const everyUnsafe = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]|(?<![\ud800-\udbff])[\udc80-\udcff]/g;

function escaped(character: string): string {
  return `\\x${(character.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`;
}
