/**
 * Messages of D-Bus, as far as the names on a bus and activation by it need them: calls of the bus and signals to it with arguments
 * that are strings, errors, and what the bus says in strings. Source: the D-Bus Specification, "Message Protocol" and "Marshaling (Wire Format)".
 *
 * Nothing here trusts the other side: a message that cannot be read, or that holds anything but printable ASCII where a
 * name belongs, is undefined. Nothing throws on bad bytes.
 */

/** What the bus itself is called, as a destination, sender and interface. */
export const busName = 'org.freedesktop.DBus';

/** Who is asked to start what the bus is asked for. */
export const systemdName = 'org.freedesktop.systemd1';

/** The flag NO_REPLY_EXPECTED. */
const noAnswer = 1;

/** A message without its header has 16 bytes: the fixed fields and the length of the array of the others. */
export const fixedBytes = 16;

/** Longest array of header fields and longest message of the specification; what claims more is no D-Bus. */
const longestFields = 2 ** 26;
const longestMessage = 2 ** 27;

/** Types of messages: all that tells answers from signals. */
export type MessageType = 'call' | 'answer' | 'error' | 'signal';

export interface Message {
  readonly type: MessageType;
  /** '' where the field is not there. */
  readonly member: string;
  readonly error: string;
  readonly sender: string;
  readonly serial: number;
  /** A call whose caller waits. */
  readonly wantsAnswer: boolean;
  /** Serial of the call that this answers; 0: none. */
  readonly answers: number;
  /** The strings that it begins with, at most 3. */
  readonly strings: readonly string[];
}

/** Codes of header fields. */
const codes = {
  path: 1,
  interface: 2,
  member: 3,
  error: 4,
  answers: 5,
  destination: 6,
  sender: 7,
  signature: 8,
} as const;

/** A call of the bus itself. `serial`: not 0. Arguments are ASCII without NUL; `flags`: a number behind them. */
export function encodeCall(serial: number, member: string, args: readonly string[], flags?: number): Uint8Array {
  const fields: number[] = [];
  putField(fields, codes.path, 'o', '/org/freedesktop/DBus');
  putField(fields, codes.destination, 's', busName);
  putField(fields, codes.interface, 's', busName);
  putField(fields, codes.member, 's', member);
  return encode(1, serial, fields, args, flags);
}

/** What systemd says to the bus about a unit that it was asked for and that is not coming. */
export function encodeFailure(serial: number, unit: string, error: string, text: string): Uint8Array {
  const fields: number[] = [];
  putField(fields, codes.path, 'o', '/org/freedesktop/systemd1');
  putField(fields, codes.destination, 's', busName);
  putField(fields, codes.interface, 's', `${systemdName}.Activator`);
  putField(fields, codes.member, 's', 'ActivationFailure');
  return encode(4, serial, fields, [unit, error, text]);
}

/** The answer to a call of somebody on the bus. */
export function encodeError(serial: number, call: Message, error: string, text: string): Uint8Array {
  const fields: number[] = [];
  putField(fields, codes.error, 's', error);
  pad(fields, 8);
  fields.push(codes.answers, 1, 0x75, 0);
  putU32(fields, call.serial);
  putField(fields, codes.destination, 's', call.sender);
  return encode(3, serial, fields, [text]);
}

function encode(type: number, serial: number, fields: number[], args: readonly string[], number?: number): Uint8Array {
  const body: number[] = [];
  for (const arg of args) putString(body, arg);
  if (number !== undefined) {
    pad(body, 4);
    putU32(body, number);
  }
  const signature = 's'.repeat(args.length) + (number === undefined ? '' : 'u');
  if (signature !== '') putField(fields, codes.signature, 'g', signature);
  const bytes = [0x6c, type, type === 1 ? 0 : noAnswer, 1];
  putU32(bytes, body.length);
  putU32(bytes, serial);
  putU32(bytes, fields.length);
  bytes.push(...fields);
  pad(bytes, 8);
  bytes.push(...body);
  return Uint8Array.from(bytes);
}

function putU32(bytes: number[], value: number): void {
  bytes.push(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
}

function pad(bytes: number[], to: number): void {
  while (bytes.length % to !== 0) bytes.push(0);
}

function putText(bytes: number[], text: string): void {
  for (let i = 0; i < text.length; i++) bytes.push(text.charCodeAt(i) & 127);
  bytes.push(0);
}

function putString(bytes: number[], text: string): void {
  pad(bytes, 4);
  putU32(bytes, text.length);
  putText(bytes, text);
}

/** The array begins at 16: what is aligned in it is aligned in the message. */
function putField(bytes: number[], code: number, signature: 'o' | 's' | 'g', text: string): void {
  pad(bytes, 8);
  bytes.push(code, 1);
  putText(bytes, signature);
  if (signature === 'g') {
    bytes.push(text.length);
    putText(bytes, text);
  } else {
    putString(bytes, text);
  }
}

/** How long the message is that begins with these `fixedBytes` bytes; undefined: it is none. */
export function messageLength(head: Uint8Array): number | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const little = head[0] === 0x6c;
  if ((!little && head[0] !== 0x42) || head[3] !== 1) return undefined;
  const fields = view.getUint32(12, little);
  const length = aligned(fixedBytes + fields, 8) + view.getUint32(4, little);
  return fields <= longestFields && length <= longestMessage ? length : undefined;
}

/** One whole message; undefined: of no type that there is, or it has something that the names on a bus never need. */
export function decodeMessage(bytes: Uint8Array): Message | undefined {
  const reader = new Reader(bytes);
  const type = (['call', 'answer', 'error', 'signal'] as const)[(bytes[1] ?? 0) - 1];
  const serial = reader.u32At(8);
  const end = fixedBytes + reader.u32At(12);
  const found = { member: '', error: '', sender: '', signature: '' };
  let answers = 0;
  reader.at = fixedBytes;
  while (reader.at < end && !reader.broken) {
    reader.align(8);
    const code = reader.byte();
    const signature = reader.short();
    if (signature === 'u') {
      const value = reader.u32();
      if (code === codes.answers) answers = value;
      continue;
    }
    if (signature !== 's' && signature !== 'o' && signature !== 'g') return undefined;
    const value = signature === 'g' ? reader.short() : reader.string();
    if (code === codes.member) found.member = value;
    else if (code === codes.error) found.error = value;
    else if (code === codes.sender) found.sender = value;
    else if (code === codes.signature) found.signature = value;
  }
  const { signature, ...fields } = found;
  if (reader.broken || type === undefined) return undefined;
  // Only an error has a sentence in it, which nobody here reads.
  const count = type === 'error' ? 0 : (/^s{0,3}/.exec(signature)?.[0].length ?? 0);
  const strings = reader.stringsAt(aligned(end, 8), count);
  // A call is answered whatever it is about.
  if (strings === undefined && type !== 'call') return undefined;
  const wantsAnswer = type === 'call' && ((bytes[2] ?? 0) & noAnswer) === 0;
  return { type, ...fields, serial, wantsAnswer, answers, strings: strings ?? [] };
}

function aligned(at: number, to: number): number {
  return Math.ceil(at / to) * to;
}

/** Reads on, or is broken: then all that it gives is 0 or ''. */
class Reader {
  at = 0;
  broken = false;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly little: boolean;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.little = bytes[0] === 0x6c;
    this.broken = bytes.length < fixedBytes;
  }

  align(to: number): void {
    this.at = aligned(this.at, to);
  }

  u32At(at: number): number {
    if (at + 4 > this.bytes.length) this.broken = true;
    return this.broken ? 0 : this.view.getUint32(at, this.little);
  }

  u32(): number {
    this.align(4);
    this.at += 4;
    return this.u32At(this.at - 4);
  }

  byte(): number {
    if (this.at >= this.bytes.length) this.broken = true;
    return this.broken ? 0 : (this.bytes[this.at++] ?? 0);
  }

  /** undefined: there are not so many, or they have more in them than names. */
  stringsAt(at: number, count: number): string[] | undefined {
    this.at = at;
    const strings = [];
    for (let i = 0; i < count; i++) strings.push(this.string());
    return this.broken ? undefined : strings;
  }

  /** With a length of four bytes: text or a path. */
  string(): string {
    return this.text(this.u32());
  }

  /** With a length of one byte: a signature. */
  short(): string {
    return this.text(this.byte());
  }

  private text(length: number): string {
    const end = this.at + length;
    if (end >= this.bytes.length) this.broken = true;
    let text = '';
    while (this.at < end && !this.broken) {
      const byte = this.byte();
      if (byte < 0x21 || byte > 0x7e) this.broken = true;
      text += String.fromCharCode(byte);
    }
    // The NUL behind it.
    if (this.byte() !== 0) this.broken = true;
    return this.broken ? '' : text;
  }
}
