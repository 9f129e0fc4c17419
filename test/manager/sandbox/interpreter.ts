/** Runs classic BPF as seccomp(2) does: what a filter makes of a system call. Throws where the kernel would refuse the program. */
export interface Call {
  readonly number: number;
  readonly audit: number;
  readonly arguments: readonly number[];
}

interface Instruction {
  readonly code: number;
  readonly yes: number;
  readonly no: number;
  readonly value: number;
}

export function instructionsOf(program: Uint8Array): readonly Instruction[] {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  return Array.from({ length: program.length / 8 }, (_, at) => ({
    code: view.getUint16(at * 8, true),
    yes: view.getUint8(at * 8 + 2),
    no: view.getUint8(at * 8 + 3),
    value: view.getUint32(at * 8 + 4, true),
  }));
}

export function runFilter(code: readonly Instruction[], call: Call): number {
  let accumulator = 0;
  for (let at = 0; ; at++) {
    const instruction = code[at];
    if (instruction === undefined) throw new Error(`left the program at ${at}`);
    const { code: operation, value, yes, no } = instruction;
    switch (operation) {
      case 0x20:
        accumulator = load(call, value);
        break;
      case 0x54:
        accumulator = (accumulator & value) >>> 0;
        break;
      case 0x05:
        at += value;
        break;
      case 0x15:
        at += accumulator === value ? yes : no;
        break;
      case 0x25:
        at += accumulator > value ? yes : no;
        break;
      case 0x35:
        at += accumulator >= value ? yes : no;
        break;
      case 0x06:
        return value;
      default:
        throw new Error(`unknown instruction ${operation}`);
    }
  }
}

/** struct seccomp_data; arguments have 64 bits, of which the high ones are 0 here. */
function load(call: Call, offset: number): number {
  if (offset === 0) return call.number >>> 0;
  if (offset === 4) return call.audit >>> 0;
  if (offset % 8 === 0 && offset >= 16 && offset < 64) return (call.arguments[offset / 8 - 2] ?? 0) >>> 0;
  throw new Error(`loads from ${offset}`);
}
