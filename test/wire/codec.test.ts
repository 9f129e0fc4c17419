import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';

import { decodeFrame, encodeFrame, isWireError, type WireError } from '../../src/wire/codec.ts';
import { type FieldKind, type FrameName, frames } from '../../src/wire/schema.ts';
import { decodeText, encodeText } from '../fake/text.ts';

const text = { encode: encodeText, decode: decodeText };
const names = Object.keys(frames) as FrameName[];

/** What a string of the host can be: Unicode, and bytes that are none as lone surrogates U+DC80 … U+DCFF. No NUL. */
const wireText = fc.string({
  unit: fc.oneof(
    { weight: 8, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.constantFrom('\udc80', '\udcff', '😀', 'ü', '\n', '\u001b') },
  ),
  maxLength: 40,
});
const withoutNul = wireText.map((value) => value.replaceAll('\0', ''));
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const u64 = fc.bigInt({ min: 0n, max: 0xffffffffffffffffn });

const values: Readonly<Record<FieldKind, fc.Arbitrary<unknown>>> = {
  u32,
  i32: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  u64,
  text: withoutNul,
  texts: fc.array(withoutNul, { maxLength: 5 }),
  u32s: fc.array(u32, { maxLength: 5 }),
  u64s: fc.array(u64, { maxLength: 5 }),
  bytes: fc.uint8Array({ maxLength: 100 }),
};

interface Sample {
  readonly name: FrameName;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly sequence: number;
  readonly acknowledged: number;
}

/** Any frame, any of its fields left out. */
const sample: fc.Arbitrary<Sample> = fc.constantFrom(...names).chain((name) => {
  const fields = Object.entries(frames[name].fields) as [string, readonly [number, FieldKind]][];
  const record = Object.fromEntries(fields.map(([key, [, kind]]) => [key, values[kind]]));
  return fc.record({
    name: fc.constant(name),
    fields: fc.record(record, { requiredKeys: [] }),
    sequence: u32,
    acknowledged: u32,
  });
});

function encode({ name, fields, sequence, acknowledged }: Sample): Uint8Array {
  return encodeFrame(text, name, fields, sequence, acknowledged);
}

test('what is encoded is decoded as it was, fields that were left out with their defaults', (t) => {
  const defaults = { u32: 0, i32: 0, u64: 0n, text: '', texts: [], u32s: [], u64s: [], bytes: new Uint8Array(0) };
  fc.assert(
    fc.property(sample, (given) => {
      const frame = decodeFrame(text, encode(given));
      if (isWireError(frame)) return t.fail(frame.detail);
      const fields = Object.entries(frames[given.name].fields) as [string, readonly [number, FieldKind]][];
      const body = Object.fromEntries(fields.map(([key, [, kind]]) => [key, defaults[kind]]));
      const { name, sequence, acknowledged } = given;
      t.deepEqual(frame as unknown, { name, sequence, acknowledged, body: { ...body, ...given.fields } });
      return undefined;
    }),
    { numRuns: 1000 },
  );
});

test('a frame that stands inside a larger buffer is read from its own place', (t) => {
  const frame = encodeFrame(text, 'notice', { step: 'NICE', errno: 1, text: 'ü' }, 3, 4);
  const larger = new Uint8Array(frame.length + 7).fill(255);
  larger.set(frame, 5);
  const decoded = decodeFrame(text, larger.subarray(5, 5 + frame.length));
  t.false(isWireError(decoded));
  t.deepEqual(decoded, decodeFrame(text, frame));
});

test('no bytes make the decoder throw, and what it takes of mutated frames it encodes again', (t) => {
  const mutation = fc.record({ at: fc.nat(), to: fc.nat(255) });
  fc.assert(
    fc.property(sample, fc.array(mutation, { minLength: 1, maxLength: 4 }), fc.nat(), (given, mutations, cut) => {
      const whole = encode(given);
      const bytes = cut % 4 === 0 ? whole.slice(0, cut % (whole.length + 1)) : whole;
      for (const { at, to } of mutations) if (bytes.length > 0) bytes[at % bytes.length] = to;
      const frame = decodeFrame(text, bytes);
      if (isWireError(frame)) return;
      encodeFrame(text, frame.name, frame.body, frame.sequence, frame.acknowledged);
    }),
    { numRuns: 5000 },
  );
  t.pass();
});

function refused(t: ExecutionContext, bytes: Uint8Array, code: WireError['code']): void {
  const result = decodeFrame(text, bytes);
  t.is(isWireError(result) ? result.code : 'taken', code);
}

/** A frame with these fields as given, each [tag, kind, length said, bytes]. */
function raw(type: number, ...fields: readonly (readonly [number, number, number, readonly number[]])[]): Uint8Array {
  const u16 = (value: number): number[] => [value & 0xff, value >> 8];
  const u32Bytes = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];
  const body = fields.flatMap(([tag, kind, length, bytes]) => [
    ...u16(tag),
    ...u16(kind),
    ...u32Bytes(length),
    ...bytes,
  ]);
  return Uint8Array.from([...u16(1), ...u16(type), ...u32Bytes(16 + body.length), 0, 0, 0, 0, 0, 0, 0, 0, ...body]);
}

const number = [1, 0, 0, 0];
const { type: exit } = frames.exit;
const { type: notice } = frames.notice;
const { type: run } = frames.run;

test('refused: shorter than a header', (t) => refused(t, raw(exit).slice(0, 15), 'short'));
test('refused: another version', (t) => refused(t, raw(exit).with(0, 2), 'version'));
test('refused: an unknown type', (t) => refused(t, raw(999), 'type'));
test('refused: a length that the frame does not have', (t) => refused(t, raw(exit).with(4, 17), 'length'));
test('refused: a tag that the type does not have', (t) => refused(t, raw(exit, [2, 2, 4, number]), 'tag'));
test('refused: another kind', (t) => refused(t, raw(exit, [1, 1, 4, number]), 'kind'));
test('refused: a field twice', (t) => refused(t, raw(exit, [1, 2, 4, number], [1, 2, 4, number]), 'repeated'));
test('refused: a torn field header', (t) => refused(t, raw(exit, [1, 2, 4, [...number, 0, 0]]), 'torn'));
test('refused: a field longer than its frame', (t) => refused(t, raw(exit, [1, 2, 5, number]), 'torn'));
test('refused: a field of nearly 2^32 bytes', (t) => refused(t, raw(exit, [1, 2, 0xffffffff, number]), 'torn'));
test('refused: a number of another size', (t) => refused(t, raw(exit, [1, 2, 3, [1, 0, 0]]), 'torn'));
test('refused: a text without NUL', (t) => refused(t, raw(notice, [1, 4, 1, [97]]), 'torn'));
test('refused: a text without bytes', (t) => refused(t, raw(notice, [1, 4, 0, []]), 'torn'));
test('refused: a text with a NUL inside', (t) => refused(t, raw(notice, [1, 4, 3, [97, 0, 0]]), 'torn'));
test('refused: texts without NUL at the end', (t) => refused(t, raw(run, [4, 5, 3, [97, 0, 98]]), 'torn'));
test('refused: a torn list of numbers', (t) => refused(t, raw(run, [12, 6, 5, [0, 0, 0, 0, 0]]), 'torn'));

test('a NUL in a text is a bug of the sender: it would be two arguments in C', (t) => {
  t.throws(() => encodeFrame(text, 'run', { argv: ['a\0b'] }), { message: /internal error/ });
  t.throws(() => encodeFrame(text, 'notice', { text: '\0' }), { message: /internal error/ });
});

test('frame types and the tags of a frame are unique', (t) => {
  t.is(new Set(names.map((name) => frames[name].type)).size, names.length);
  for (const name of names) {
    const tags = Object.values(frames[name].fields as Readonly<Record<string, readonly [number, FieldKind]>>);
    t.is(new Set(tags.map(([tag]) => tag)).size, tags.length, name);
  }
});
