/** A word as a shell reads it, quoted only where it must be: shell_maybe_quote() of systemd's src/basic/escape.c. */
export function shellWord(word: string): string {
  return word !== '' && !special.test(word) ? word : `"${word.replace(/["\\`$]/g, '\\$&')}"`;
}

// eslint-disable-next-line no-control-regex -- control characters need quotes
const special = /[ "\\`$'()<>|&;!*?[\u0000-\u001f\u007f]/;
