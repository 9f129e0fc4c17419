/** fnmatch(3) without flags but FNM_NOESCAPE, for a whole name. `[` without its end is a plain character. */
export function globPattern(glob: string): RegExp {
  const source = glob.replace(
    /\[([!^]?)(\]?[^\]]*)\]|[^]/g,
    (whole: string, negated: string | undefined, inside: string | undefined) => {
      if (inside !== undefined) return `[${negated ? '^' : ''}${inside.replace(/[\\\]^]/g, '\\$&')}]`;
      if (whole === '*') return '[^]*';
      return whole === '?' ? '[^]' : whole.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
    },
  );
  try {
    return new RegExp(`^${source}$`);
  } catch {
    // A range that goes backwards matches nothing.
    return /(?!)/;
  }
}
