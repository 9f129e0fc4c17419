/** Fields NAME=value as the journal's records have them: native/log-entry.h. */

/** Stands in no field. */
export const betweenFields = '\x1e';

/** A backslash, a newline and what stands between fields are escaped. */
export function escapeField(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll(betweenFields, '\\e');
}

export function unescapeField(text: string): string {
  return text.includes('\\') ? text.replace(/\\([\\ne])/g, (_, letter: string) => escapes[letter] ?? letter) : text;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', e: betweenFields };
