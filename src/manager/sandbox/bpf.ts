/**
 * Classic BPF for seccomp(2): from what becomes of each system call to a program. The program finds the architecture, then the
 * number by halving the ranges of numbers with the same fate, then looks at arguments. Built from its end, as jumps only go
 * forward: what is jumped to is there already.
 */

/** The low 32 bits of an argument; `mask`: all bits of the value are set in it. */
export interface Condition {
  /** 0 to 5 */
  readonly argument: number;
  readonly is: 'equal' | 'other' | 'above' | 'below' | 'mask';
  readonly value: number;
}

/** All conditions hold: this action. */
export interface Rule {
  readonly conditions: readonly Condition[];
  readonly action: number;
}

/** The first rule that holds, else `action`. */
export interface Fate {
  readonly rules: readonly Rule[];
  readonly action: number;
}

/** What a filter returns (linux/seccomp.h). */
export const actions = {
  killProcess: 0x80000000,
  killThread: 0,
  errno: (number: number): number => 0x00050000 | number,
  log: 0x7ffc0000,
  allow: 0x7fff0000,
} as const;

/** `numbers` from `base` on up to the next one's base; of one audit number, several parts in rising order. */
export interface Section {
  readonly audit: number;
  readonly base: number;
  readonly fates: ReadonlyMap<number, Fate>;
  /** Of all other numbers. */
  readonly rest: Fate;
}

const load = 0x20; // BPF_LD | BPF_W | BPF_ABS
const and = 0x54; // BPF_ALU | BPF_AND | BPF_K
const jump = 0x05; // BPF_JMP | BPF_JA
const jumpEqual = 0x15;
const jumpAbove = 0x25;
const jumpFrom = 0x35; // BPF_JGE
const give = 0x06; // BPF_RET | BPF_K

/** Offsets in struct seccomp_data. */
const numberAt = 0;
const auditAt = 4;
const argumentsAt = 16;

/** Instructions of 8 bytes, little endian, for sock_fprog. `elsewhere`: the action for an architecture without section. */
export function assemble(sections: readonly Section[], elsewhere: number): Uint8Array {
  const code = new Backwards();
  const audits = [...new Set(sections.map(({ audit }) => audit))];
  let next = code.leaf({ rules: [], action: elsewhere });
  for (const audit of audits.reverse()) {
    const parts = sections.filter((section) => section.audit === audit).sort((a, b) => a.base - b.base);
    const ranges = parts.flatMap((part, at) => rangesOf(part, (parts[at + 1]?.base ?? 2 ** 32) - 1));
    // A number that no call has: a tracer's word that the call is to be left out.
    const first = parts[0];
    if (parts.length > 1 && first !== undefined) ranges.push({ from: 2 ** 32 - 1, fate: first.rest });
    const tree = code.search(ranges);
    const found = code.put(load, numberAt, tree, tree);
    next = code.put(jumpEqual, audit, found, next);
  }
  code.put(load, auditAt, next, next);
  return code.bytes();
}

interface Range {
  readonly from: number;
  readonly fate: Fate;
}

/** Neighbours of one fate are one range. */
function rangesOf({ base, fates, rest }: Section, last: number): Range[] {
  const ranges: Range[] = [{ from: base, fate: rest }];
  const put = (from: number, fate: Fate): void => {
    const before = ranges.at(-1);
    if (before?.from === from) ranges.pop();
    const left = ranges.at(-1);
    if (left === undefined || keyOf(left.fate) !== keyOf(fate)) ranges.push({ from, fate });
  };
  for (const [number, fate] of [...fates].sort(([a], [b]) => a - b)) {
    put(number, fate);
    if (number < last) put(number + 1, rest);
  }
  return ranges;
}

/** The same for fates that are the same. */
export function keyOf({ rules, action }: Fate): string {
  return `${rules.map((rule) => `${rule.conditions.map((c) => `${c.argument}${c.is}${c.value}`).join('&')}:${rule.action}`).join(';')}|${action}`;
}

/** Places count from the end of the program. */
class Backwards {
  readonly #code: { readonly code: number; readonly value: number; readonly yes: number; readonly no: number }[] = [];
  readonly #leaves = new Map<string, number>();

  /** An instruction that goes on at `yes` or `no`; its place. */
  put(code: number, value: number, yes: number, no: number): number {
    const isJump = code === jumpEqual || code === jumpAbove || code === jumpFrom;
    // A load falls through to the next instruction, which is the one that was put last.
    if (!isJump) {
      if (code !== give && yes !== this.#code.length - 1) this.#far(yes);
      return this.#push(code, value, 0, 0);
    }
    // A conditional jump reaches 255 instructions; the first trampoline may push the other target out of reach.
    if (this.#distance(no) > 254) no = this.#far(no);
    if (this.#distance(yes) > 255) yes = this.#far(yes);
    return this.#push(code, value, this.#distance(yes), this.#distance(no));
  }

  leaf(fate: Fate): number {
    const key = keyOf(fate);
    const known = this.#leaves.get(key);
    if (known !== undefined) return known;
    let next =
      fate.rules.length === 0 ? this.put(give, fate.action, 0, 0) : this.leaf({ rules: [], action: fate.action });
    for (const { conditions, action } of fate.rules.toReversed()) {
      const no = next;
      next = this.leaf({ rules: [], action });
      for (const condition of conditions.toReversed()) next = this.#test(condition, next, no);
    }
    this.#leaves.set(key, next);
    return next;
  }

  #test({ argument, is, value }: Condition, yes: number, no: number): number {
    let test: number;
    if (is === 'other') test = this.put(jumpEqual, value, no, yes);
    else if (is === 'above') test = this.put(jumpAbove, value, yes, no);
    else if (is === 'below') test = this.put(jumpFrom, value, no, yes);
    else test = this.put(jumpEqual, value, yes, no);
    if (is === 'mask') test = this.put(and, value, test, test);
    return this.put(load, argumentsAt + 8 * argument, test, test);
  }

  /** The ranges are in rising order, and the first begins where the number can be. */
  search(ranges: readonly Range[]): number {
    const [first] = ranges;
    if (first === undefined) throw new Error('internal error: no range');
    if (ranges.length === 1) return this.leaf(first.fate);
    const middle = ranges.length >> 1;
    const from = ranges[middle]?.from ?? 0;
    const above = this.search(ranges.slice(middle));
    const below = this.search(ranges.slice(0, middle));
    return this.put(jumpFrom, from, above, below);
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.#code.length * 8);
    const view = new DataView(bytes.buffer);
    for (const [index, { code, value, yes, no }] of this.#code.toReversed().entries()) {
      view.setUint16(index * 8, code, true);
      view.setUint8(index * 8 + 2, yes);
      view.setUint8(index * 8 + 3, no);
      view.setUint32(index * 8 + 4, value >>> 0, true);
    }
    return bytes;
  }

  #push(code: number, value: number, yes: number, no: number): number {
    this.#code.push({ code, value, yes, no });
    return this.#code.length - 1;
  }

  /** From the next instruction to a place. */
  #distance(place: number): number {
    return this.#code.length - 1 - place;
  }

  #far(place: number): number {
    return this.#push(jump, this.#distance(place), 0, 0);
  }
}
