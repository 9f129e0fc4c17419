/**
 * A word of sshd_config, quoted so that sshd reads back the same bytes. Its reader (argv_split() of OpenSSH's misc.c) knows
 * quotes of both kinds, and a backslash only before a quote, a backslash or (outside of quotes) a blank; `#` begins a comment at the start of a word.
 */

/** undefined: what no word can hold (a line end, NUL), or what a line has no room for. */
export function quoteForSshd(text: string): string | undefined {
  if (/[\n\r\0]/.test(text) || text.length > longestWord) return undefined;
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text;
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Characters; a whole line of sshd_config has no limit since getline(), but one variable has (MAX_ARG_STRLEN). */
const longestWord = 131_000;
