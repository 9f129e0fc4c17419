/** What an editor shows of a drop-in: the part that counts between two lines, and below them what the unit says already. */

import { strip } from '../../units/syntax/lines.ts';

const begin = '### From here to the line below, what you write becomes the file';
const end = '### What follows is only shown';

export function editableText(
  path: string,
  body: string,
  others: readonly { readonly path: string; readonly text: string }[],
): string {
  const own = body === '' || body.endsWith('\n') ? body : `${body}\n`;
  const shown = others.map((other) => {
    const text = strip(other.text);
    return `\n\n### ${other.path}${text === '' ? '' : `\n# ${text.replaceAll('\n', '\n# ')}`}`;
  });
  return `### Editing ${path}\n${begin}\n\n${own}\n${end}${shown.join('')}\n`;
}

/** What counts of it, without blanks around; `isMarked`: it was made by editableText(). */
export function bodyOf(text: string, isMarked: boolean): string {
  if (!isMarked) return strip(text);
  const from = text.indexOf(begin);
  const rest = from < 0 ? text : text.slice(from + begin.length);
  const to = rest.indexOf(end);
  return strip(to < 0 ? rest : rest.slice(0, to));
}
