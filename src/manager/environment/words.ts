/** The words of a variable's value: white space separates, quotes hold together, nothing else is special (extract_first_word() with EXTRACT_RELAX | EXTRACT_UNQUOTE). */
export function splitWords(value: string): string[] {
  const words: string[] = [];
  for (const [word] of value.matchAll(
    /(?:[^\s"'\\]|\\[\s\S]?|"(?:[^"\\]|\\[\s\S])*(?:"|$)|'(?:[^'\\]|\\[\s\S])*(?:'|$))+/g,
  ))
    words.push(word.replace(/"((?:[^"\\]|\\[\s\S])*)"?|'((?:[^'\\]|\\[\s\S])*)'?|\\([\s\S]?)/g, unquote));
  return words;
}

function unquote(
  _whole: string,
  double: string | undefined,
  single: string | undefined,
  escaped: string | undefined,
): string {
  const inside = double ?? single;
  return inside === undefined ? (escaped ?? '') : inside.replace(/\\([\s\S])/g, '$1');
}
