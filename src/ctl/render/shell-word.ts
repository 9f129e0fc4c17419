/** A word as a shell reads it, quoted only where it must be: shell_maybe_quote() of systemd's src/basic/escape.c. */
export function shellWord(word: string): string {
  return word !== '' && !special.test(word) ? word : `"${word.replace(escaped, escape)}"`;
}

function escape(character: string): string {
  const letter = letters.indexOf(character);
  if (letter >= 0) return `\\${'abtnvfr'.charAt(letter)}`;
  return '"\\`$'.includes(character) ? `\\${character}` : `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}

const letters = '\x07\b\t\n\v\f\r';
// eslint-disable-next-line no-control-regex -- control characters are written as C writes them
const escaped = /["\\`$\u0000-\u001f\u007f]/g;

// eslint-disable-next-line no-control-regex -- control characters need quotes
const special = /[ "\\`$'()<>|&;!*?[\u0000-\u001f\u007f]/;
