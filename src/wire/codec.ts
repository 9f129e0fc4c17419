import {
  type FieldKind,
  type Frame,
  type FrameFields,
  type FrameName,
  fieldKinds,
  frames,
  wireVersion,
} from './schema.ts';

/** Turns text into UTF-8 and back; the host does it natively (HostText of host.d.ts). */
export interface TextCodec {
  encode(text: string): Uint8Array;
  decode(bytes: Uint8Array, from: number, to: number): string;
}

/** Why a frame was refused. */
export interface WireError {
  readonly code: 'short' | 'length' | 'version' | 'type' | 'tag' | 'kind' | 'repeated' | 'torn';
  readonly detail: string;
}

const headerBytes = 16;
const fieldHeaderBytes = 8;

/** One frame as bytes. `sequence` and `acknowledged` are 0 where they do not count. Fields with undefined values are left out. */
export function encodeFrame<N extends FrameName>(
  text: TextCodec,
  name: N,
  fields: FrameFields<N>,
  sequence = 0,
  acknowledged = 0,
): Uint8Array {
  const shape = frames[name];
  const known = shape.fields as Readonly<Record<string, readonly [number, FieldKind]>>;
  const given = fields as Readonly<Record<string, unknown>>;
  // Small numbers are written where they go; the rest is encoded first, so that the length is known.
  const parts: (readonly [tag: number, kind: FieldKind, value: Uint8Array | number])[] = [];
  let length = headerBytes;
  for (const key in given) {
    const value = given[key];
    if (value === undefined) continue;
    const field = known[key];
    if (field === undefined) throw new Error(`internal error: frame ${name} has no field ${key}`);
    const [tag, kind] = field;
    const part = kind === 'u32' || kind === 'i32' ? (value as number) : fieldEncoders[kind](value, text);
    parts.push([tag, kind, part]);
    length += fieldHeaderBytes + (typeof part === 'number' ? 4 : part.length);
  }
  const frame = new Uint8Array(length);
  const view = new DataView(frame.buffer);
  // Version and type, then tag and kind, are two u16 side by side.
  view.setUint32(0, wireVersion | (shape.type << 16), true);
  view.setUint32(4, length, true);
  view.setUint32(8, sequence, true);
  view.setUint32(12, acknowledged, true);
  let at = headerBytes;
  for (const [tag, kind, part] of parts) {
    view.setUint32(at, tag | (fieldKinds[kind] << 16), true);
    if (typeof part === 'number') {
      view.setUint32(at + 4, 4, true);
      view.setUint32(at + fieldHeaderBytes, part, true);
      at += fieldHeaderBytes + 4;
    } else {
      view.setUint32(at + 4, part.length, true);
      frame.set(part, at + fieldHeaderBytes);
      at += fieldHeaderBytes + part.length;
    }
  }
  return frame;
}

/** One frame from bytes, or why it is refused. Never throws on bad bytes. */
export function decodeFrame(text: TextCodec, frame: Uint8Array): Frame | WireError {
  if (frame.length < headerBytes) return refuse('short', `${frame.length} bytes`);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const version = view.getUint16(0, true);
  if (version !== wireVersion) return refuse('version', `version ${version}, expected ${wireVersion}`);
  const type = view.getUint16(2, true);
  const name = nameOfType(type);
  if (name === undefined) return refuse('type', `unknown frame type ${type}`);
  if (view.getUint32(4, true) !== frame.length)
    return refuse('length', `${name}: length says ${view.getUint32(4, true)}, is ${frame.length}`);
  const layout = layoutOf(name);
  const body: Record<string, unknown> = { ...layout.defaults };
  const seen = new Set<number>();
  let at = headerBytes;
  while (at < frame.length) {
    if (at + fieldHeaderBytes > frame.length) return refuse('torn', `${name}: torn field header at ${at}`);
    const tag = view.getUint16(at, true);
    const kind = view.getUint16(at + 2, true);
    const length = view.getUint32(at + 4, true);
    at += fieldHeaderBytes;
    if (length > frame.length - at) return refuse('torn', `${name}: field ${tag} is longer than the frame`);
    const field = layout.byTag.get(tag);
    if (field === undefined) return refuse('tag', `${name}: unknown field ${tag}`);
    if (fieldKinds[field.kind] !== kind) return refuse('kind', `${name}: field ${tag} has kind ${kind}`);
    if (seen.has(tag)) return refuse('repeated', `${name}: field ${tag} twice`);
    seen.add(tag);
    const value = fieldDecoders[field.kind](view, at, length, text);
    if (value === undefined) return refuse('torn', `${name}: field ${tag} has ${length} bytes`);
    body[field.key] = value;
    at += length;
  }
  const sequence = view.getUint32(8, true);
  const acknowledged = view.getUint32(12, true);
  return { name, sequence, acknowledged, body } as unknown as Frame;
}

export function isWireError(result: Frame | WireError): result is WireError {
  return 'code' in result;
}

function refuse(code: WireError['code'], detail: string): WireError {
  return { code, detail };
}

interface Layout {
  readonly byTag: ReadonlyMap<number, { readonly key: string; readonly kind: FieldKind }>;
  readonly defaults: Readonly<Record<string, unknown>>;
}

const layouts = new Map<FrameName, Layout>();
let names: Map<number, FrameName> | undefined;

function nameOfType(type: number): FrameName | undefined {
  names ??= new Map(Object.entries(frames).map(([name, shape]) => [shape.type, name as FrameName]));
  return names.get(type);
}

function layoutOf(name: FrameName): Layout {
  let layout = layouts.get(name);
  if (layout === undefined) {
    const fields = Object.entries(frames[name].fields) as [string, readonly [number, FieldKind]][];
    layout = {
      byTag: new Map(fields.map(([key, [tag, kind]]) => [tag, { key, kind }])),
      defaults: Object.fromEntries(fields.map(([key, [, kind]]) => [key, fieldDefaults[kind]])),
    };
    layouts.set(name, layout);
  }
  return layout;
}

const fieldDefaults: Readonly<Record<FieldKind, unknown>> = {
  u32: 0,
  i32: 0,
  u64: 0n,
  text: '',
  texts: [],
  u32s: [],
  u64s: [],
  bytes: new Uint8Array(0),
};

const fieldEncoders: Readonly<
  Record<Exclude<FieldKind, 'u32' | 'i32'>, (value: unknown, text: TextCodec) => Uint8Array>
> = {
  u64: (value) => new Uint8Array(BigUint64Array.of(value as bigint).buffer),
  text: (value, text) => text.encode(terminated(value as string)),
  texts: (value, text) => text.encode((value as readonly string[]).map(terminated).join('')),
  u32s: (value) => new Uint8Array(Uint32Array.from(value as readonly number[]).buffer),
  u64s: (value) => new Uint8Array(BigUint64Array.from(value as readonly bigint[]).buffer),
  bytes: (value) => value as Uint8Array,
};

/** A NUL inside would end the text in C, and make two arguments of one: whoever read it from a user refuses it there. */
function terminated(value: string): string {
  if (value.includes('\0')) throw new Error('internal error: NUL in a text for the wire');
  return value + '\0';
}

type FieldDecoder = (view: DataView, at: number, length: number, text: TextCodec) => unknown;

/** undefined: the length does not fit the kind. */
const fieldDecoders: Readonly<Record<FieldKind, FieldDecoder>> = {
  u32: (view, at, length) => (length === 4 ? view.getUint32(at, true) : undefined),
  i32: (view, at, length) => (length === 4 ? view.getInt32(at, true) : undefined),
  u64: (view, at, length) => (length === 8 ? view.getBigUint64(at, true) : undefined),
  text: (view, at, length, text) => {
    const bytes = bytesOf(view, at, length);
    return length > 0 && bytes.indexOf(0) === length - 1 ? text.decode(bytes, 0, length - 1) : undefined;
  },
  texts: (view, at, length, text) => {
    if (length === 0) return [];
    if (view.getUint8(at + length - 1) !== 0) return undefined;
    return text.decode(bytesOf(view, at, length), 0, length - 1).split('\0');
  },
  u32s: (view, at, length) =>
    length % 4 === 0 ? Array.from({ length: length / 4 }, (_, i) => view.getUint32(at + 4 * i, true)) : undefined,
  u64s: (view, at, length) =>
    length % 8 === 0 ? Array.from({ length: length / 8 }, (_, i) => view.getBigUint64(at + 8 * i, true)) : undefined,
  bytes: (view, at, length) => bytesOf(view, at, length).slice(),
};

function bytesOf(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}
