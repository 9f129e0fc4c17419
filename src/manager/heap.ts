/** A binary heap in an array: the first is at the top, heap[0]. */
export type IsBefore<Entry> = (a: Entry, b: Entry) => boolean;

export function pushEntry<Entry>(heap: Entry[], entry: Entry, isBefore: IsBefore<Entry>): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(entry, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = entry;
}

/** Takes the top away; nothing where there is none. */
export function removeTop<Entry>(heap: Entry[], isBefore: IsBefore<Entry>): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const leftEntry = heap[left];
    if (leftEntry === undefined) break;
    const rightEntry = heap[left + 1];
    const isRight = rightEntry !== undefined && isBefore(rightEntry, leftEntry);
    const first = isRight ? rightEntry : leftEntry;
    if (!isBefore(first, last)) break;
    heap[at] = first;
    at = isRight ? left + 1 : left;
  }
  heap[at] = last;
}
