import { encodeFrame, type TextCodec } from '../../src/wire/codec.ts';
import { type FieldKind, type FrameFields, type FrameName, frames } from '../../src/wire/schema.ts';

/**
 * native/test/wire-vectors.h: one frame of each type as TypeScript encodes it, all fields filled by a rule that
 * native/test/wire.c has too. It must read those values there, and write the same bytes.
 */
export function wireVectorsHeader(): string {
  const rows = (Object.keys(frames) as FrameName[]).flatMap((name) => {
    const bytes = encodeFrame(text, name, sampleFields(name), frames[name].type, 0xfffffffe);
    return [`    {`, `        "${name}",`, `        ${String(bytes.length)},`, ...literal(bytes), `    },`];
  });
  return [
    '/* Generated from src/wire/schema.ts by `npm run generate`: frames as src/wire/codec.ts writes them. */',
    '/* clang-format off */',
    'static const struct {',
    '    const char *name;',
    '    size_t length;',
    '    const char *bytes;',
    '} vectors[] = {',
    ...rows,
    '};\n',
  ].join('\n');
}

const text: TextCodec = {
  encode: (value) => new TextEncoder().encode(value),
  decode: (bytes, from, to) => new TextDecoder().decode(bytes.subarray(from, to)),
};

/** The rule: a value of each kind, different for each tag. */
const samples: Readonly<Record<FieldKind, (tag: number) => unknown>> = {
  u32: (tag) => 0xf1020300 + tag,
  i32: (tag) => -tag,
  u64: (tag) => 0xf102030405060700n + BigInt(tag),
  text: (tag) => `text ${String(tag)} ü`,
  texts: (tag) => ['', `one ${String(tag)}`, 'zwei ü'],
  u32s: (tag) => [0, 0xffffffff, tag],
  u64s: (tag) => [0n, 0xffffffffffffffffn, BigInt(tag)],
  bytes: (tag) => Uint8Array.of(0, 255, tag),
};

function sampleFields<N extends FrameName>(name: N): FrameFields<N> {
  const fields = Object.entries(frames[name].fields) as [string, readonly [number, FieldKind]][];
  // The other side writes them by their tags.
  fields.sort(([, [one]], [, [other]]) => one - other);
  return Object.fromEntries(fields.map(([key, [tag, kind]]) => [key, samples[kind](tag)])) as FrameFields<N>;
}

/** Bytes as C strings of 16 octal escapes a line. */
function literal(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = Array.from(bytes.subarray(at, at + 16), (byte) => `\\${byte.toString(8).padStart(3, '0')}`);
    lines.push(`        "${row.join('')}"`);
  }
  return [...lines.slice(0, -1), `${lines.at(-1) ?? '""'},`];
}
