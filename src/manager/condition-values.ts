/** Comparisons that conditions are written with: patterns, operators, versions. */

export type Comparison = '<' | '<=' | '=' | '!=' | '>=' | '>';

const operators: readonly (readonly [string, Comparison])[] = [
  ['<=', '<='],
  ['>=', '>='],
  ['!=', '!='],
  ['<>', '!='],
  ['==', '='],
  ['<', '<'],
  ['>', '>'],
  ['=', '='],
];

/** ">=5.4" → ">=" and "5.4"; undefined: there is no operator. */
export function splitOperator(word: string): { readonly operator: Comparison | undefined; readonly value: string } {
  for (const [text, operator] of operators) {
    if (word.startsWith(text)) return { operator, value: word.slice(text.length).trim() };
  }
  return { operator: undefined, value: word };
}

/** fnmatch(3) without flags: `*`, `?`, `[…]`, `[!…]`, backslash. */
export function matchesGlob(pattern: string, text: string): boolean {
  const source = pattern.replace(
    /\\(.)|\[([!^]?)(\]?[^\]]*)\]|\*+|\?|[\\^$.|+(){}[\]]/gs,
    (all, ...groups: unknown[]) => {
      const [escaped, not, set] = groups as (string | undefined)[];
      if (escaped !== undefined) return quote(escaped);
      if (set !== undefined && set !== '') return `[${not === '' ? '' : '^'}${set.replace(/[\\\][^]/g, '\\$&')}]`;
      if (all.startsWith('*')) return '.*';
      return all === '?' ? '.' : quote(all);
    },
  );
  try {
    return new RegExp(`^${source}$`, 's').test(text);
  } catch {
    // A range that goes backwards ([z-a]) matches nothing.
    return false;
  }
}

function quote(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/**
 * Order of two version strings: < 0, 0, > 0. Numbers by value, letters by alphabet, `~` before everything, the end of a part before more of it
 * (Version Format Specification of the UAPI group).
 */
export function compareVersions(a: string, b: string): number {
  const left = a.match(partsOfVersion) ?? [];
  const right = b.match(partsOfVersion) ?? [];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const x = left[at];
    const y = right[at];
    if (x === y) continue;
    const order = compareParts(x, y);
    if (order !== 0) return order;
  }
  return 0;
}

const partsOfVersion = /[0-9]+|[A-Za-z]+|[~^.-]/g;
const separators = '~-^.';

function compareParts(x: string | undefined, y: string | undefined): number {
  if (x === '~' || y === '~') return x === '~' ? -1 : 1;
  if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
  const isNumberX = /^[0-9]/.test(x);
  const isNumberY = /^[0-9]/.test(y);
  if (isNumberX && isNumberY) return Number(x) - Number(y);
  const placeX = separators.indexOf(x);
  const placeY = separators.indexOf(y);
  if (placeX >= 0 || placeY >= 0) return placeX < 0 ? 1 : placeY < 0 ? -1 : placeX - placeY;
  if (isNumberX !== isNumberY) return isNumberX ? 1 : -1;
  return x < y ? -1 : x > y ? 1 : 0;
}
