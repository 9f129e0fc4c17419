import { isWellFormed } from './lines.ts';
import type { WordStyle } from './words.ts';

/** `words` so that extractWords() (splitAtColons() for 'colons') takes them apart again. */
export function formatWords(words: readonly string[], style: WordStyle): string {
  return words.map((word) => formatWord(word, style)).join(style === 'colons' ? ':' : ' ');
}

/**
 * One word so that extractWord() gives it again, in quotes only where it must be. What a style has no form for stays as it is: ends of lines in those
 * without C escapes, and in those without quotes the empty word. NUL has no form at all.
 */
export function formatWord(word: string, style: WordStyle): string {
  switch (style) {
    case 'unquote-unescape':
      return isHarmless(word) ? word : `"${escapeC(word)}"`;
    case 'colons':
      return isHarmless(word) && !word.includes(':') ? word : `"${escapeC(word)}"`;
    case 'unquote':
      return isHarmless(word) ? word : `"${word.replaceAll(/["\\]/g, '\\$&')}"`;
    case 'unquote-retain-escape':
      // A quote stands in quotes of the other kind.
      return isHarmless(word) ? word : word === '' ? '""' : word.replaceAll(/"+|[^"]+/g, quoteRun);
    case 'plain':
      return word.replaceAll(/[ \t\r\n\\]/g, '\\$&');
    case 'retain-escape':
      return word;
  }
}

function quoteRun(run: string): string {
  return run.startsWith('"') ? `'${run}'` : `"${run}"`;
}

function isHarmless(word: string): boolean {
  // A lone `;` separates commands.
  return word !== ';' && word !== '' && !special.test(word) && !/[ ']/.test(word);
}

/** For the inside of double quotes, where C escapes are read. */
function escapeC(text: string): string {
  return isWellFormed(text) && !special.test(text) ? text : text.replaceAll(allSpecial, escapeCharacter);
}

// Control characters, what a quoted word would end by, bytes that are not UTF-8, and what systemd does not take for characters.
// eslint-disable-next-line no-control-regex -- it is these that need an escape
const special = /["\\\0-\x1f\x7f]|\p{Surrogate}|\p{Noncharacter_Code_Point}/u;
const allSpecial = new RegExp(special, 'gu');

function escapeCharacter(character: string): string {
  const letter = letters.indexOf(character);
  if (letter >= 0) return `\\${'abfnrtv"\\'.charAt(letter)}`;
  const code = character.charCodeAt(0);
  // A byte that is no part of a character is a lone surrogate (host.d.ts).
  if (code < 0x80 || (character.length === 1 && code >= 0xdc80 && code <= 0xdcff)) {
    return `\\x${(code & 0xff).toString(16).padStart(2, '0')}`;
  }
  return encodeURIComponent(character).replaceAll('%', '\\x').toLowerCase();
}

const letters = '\x07\b\f\n\r\t\v"\\';
