/**
 * Lists that grow with each line of a file. The list before is added to in place: a file may have very many lines, and to copy
 * what was there each time would cost their square. Nobody else has it, for the defaults, which all drafts share, are empty.
 */
export function append<T>(before: readonly T[], added: T[]): readonly T[] {
  if (before.length === 0) return added;
  for (const item of added) (before as T[]).push(item);
  return before;
}

/** The same, without what is there already. */
export function appendNew(before: readonly string[], added: string[]): readonly string[] {
  const list = before.length === 0 ? [] : (before as string[]);
  const known = knownOf.get(before) ?? new Set(before);
  for (const item of added) {
    if (!known.has(item)) list.push(item);
    known.add(item);
  }
  knownOf.set(list, known);
  return list;
}

/** Adds to NAME=VALUE words; one of a name that is there takes the place of that. */
export function assign(before: readonly string[], added: readonly string[]): readonly string[] {
  const list = before.length === 0 ? [] : (before as string[]);
  const places = placesOf.get(before) ?? new Map(before.map((word, index) => [nameOf(word), index]));
  for (const word of added) {
    const place = places.get(nameOf(word));
    if (place !== undefined) list[place] = word;
    else places.set(nameOf(word), list.push(word) - 1);
  }
  placesOf.set(list, places);
  return list;
}

function nameOf(assignment: string): string {
  return assignment.slice(0, assignment.indexOf('='));
}

const knownOf = new WeakMap<readonly string[], Set<string>>();
const placesOf = new WeakMap<readonly string[], Map<string, number>>();
