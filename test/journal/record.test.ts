import test from 'ava';
import * as fc from 'fast-check';

import { formatRecord, type Identity, type JournalRecord, parseRecord } from '../../src/journal/record.ts';

const time = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const keeper = fc.integer({ min: 0, max: 4_294_967_295 });
const message = fc.string().map((text) => text.replaceAll('\n', ' '));

const lines: fc.Arbitrary<JournalRecord> = fc
  .record({
    time,
    keeper,
    pid: keeper,
    priority: fc.integer({ min: 0, max: 7 }),
    message,
    kind: fc.constantFrom('u', 'U', 'm'),
  })
  .map(({ kind, ...rest }) => ({ ...rest, kind: 'line', from: kind === 'm' ? 'manager' : 'unit', cut: kind === 'U' }));

const identities: fc.Arbitrary<Identity> = fc
  .record({ time, keeper, invocation: fc.stringMatching(/^[0-9a-f]{32}$/), identifier: message })
  .map((rest) => ({ ...rest, kind: 'identity' }));

test('what is written is read: every message without a newline survives', (t) => {
  fc.assert(
    fc.property(fc.oneof(lines, identities), (record) => {
      const text = formatRecord(record);
      t.true(text.endsWith('\n'));
      t.deepEqual(parseRecord(text.slice(0, -1)), record);
    }),
  );
});

test('a newline in a message never begins another record', (t) => {
  const forged = `x\n${'0'.repeat(16)} m0 0 1 forged`;
  const text = formatRecord({
    kind: 'line',
    time: 1,
    from: 'unit',
    cut: false,
    priority: 6,
    keeper: 1,
    pid: 1,
    message: forged,
  });
  t.is(text.split('\n').length, 2);
});

test('foreign text is no record, and does not throw', (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
      t.notThrows(() => parseRecord(text));
    }),
  );
  for (const text of [
    '',
    '0123456789abcdef',
    '0123456789abcdef u6 1',
    '0123456789abcdef x6 1 2 a',
    '0123456789ABCDEF u6 1 2 a',
  ])
    t.is(parseRecord(text), undefined);
});

test('what was said at /dev/log has fields, and its newlines back', (t) => {
  t.deepEqual(parseRecord('0000000000000010 e4 7 9 a\\nb\\\\c\x1e_TRANSPORT=syslog\x1eEMPTY=\x1eTWO=x\\ey'), {
    kind: 'line',
    time: 16,
    from: 'unit',
    cut: false,
    priority: 4,
    keeper: 7,
    pid: 9,
    message: 'a\nb\\c',
    fields: [
      ['_TRANSPORT', 'syslog'],
      ['EMPTY', ''],
      ['TWO', 'x\x1ey'],
    ],
  });
  t.deepEqual(parseRecord('0000000000000010 x- 7 9 A=b\x1enothing\x1eC=d=e'), {
    kind: 'fields',
    time: 16,
    keeper: 7,
    fields: [
      ['A', 'b'],
      ['C', 'd=e'],
    ],
  });
});
