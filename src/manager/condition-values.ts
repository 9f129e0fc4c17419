/** Comparisons that conditions are written with: patterns, operators, versions. */

/** `==` compares as versions and numbers do, `=` by text where a test allows it; `$=` and `!$=` are patterns. */
export type Comparison = '<' | '<=' | '=' | '==' | '!=' | '<>' | '>=' | '>' | '$=' | '!$=';

/** Longer ones before those that they begin with. */
const operators: readonly Comparison[] = ['!$=', '$=', '<>', '<=', '<', '>=', '>', '==', '=', '!='];

/** ">=5.4" → ">=" and "5.4"; undefined: there is no operator. */
export function splitOperator(word: string): { readonly operator: Comparison | undefined; readonly value: string } {
  const operator = operators.find((each) => word.startsWith(each));
  return { operator, value: operator === undefined ? word : word.slice(operator.length) };
}

/** Of numbers: `order` is what is there minus what is asked for. undefined: a pattern makes no sense here. */
export function numberHolds(operator: Comparison, order: number): boolean | undefined {
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '=':
    case '==':
      return order === 0;
    case '!=':
    case '<>':
      return order !== 0;
    case '>=':
      return order >= 0;
    case '>':
      return order > 0;
    case '$=':
    case '!$=':
      return undefined;
  }
}

/** Of versions: version_or_fnmatch_compare(). */
export function versionHolds(operator: Comparison, there: string, asked: string): boolean {
  switch (operator) {
    case '$=':
      return matchesGlob(asked, there);
    case '!$=':
      return !matchesGlob(asked, there);
    case '=':
      return there === asked;
    case '!=':
      return there !== asked;
    default:
      return numberHolds(operator, compareVersions(there, asked)) === true;
  }
}

/** `{a,b}c` as `ac` and `bc`, nested ones too (GLOB_BRACE): every text that the pattern stands for. */
export function expandBraces(pattern: string): readonly string[] {
  const inner = /\{([^{}]*)\}/.exec(pattern);
  if (inner?.[1] === undefined) return [pattern];
  const [whole, list] = inner;
  const before = pattern.slice(0, inner.index);
  const after = pattern.slice(inner.index + whole.length);
  return list.split(',').flatMap((each) => expandBraces(before + each + after));
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
