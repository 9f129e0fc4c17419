import test from 'ava';
import fc from 'fast-check';
import type { Microseconds } from '../../../src/units/name.ts';
import { formatDuration, parseDuration } from '../../../src/units/values/duration.ts';

test('A number counts seconds, units may follow, parts add up', (t) => {
  const second = 1_000_000;
  const spans: readonly (readonly [string, number | undefined])[] = [
    ['5', 5 * second],
    ['1.5', 1.5 * second],
    ['.5s', 0.5 * second],
    ['2min 200ms', 120.2 * second],
    ['2min200ms', 120.2 * second],
    ['1h', 3600 * second],
    ['1M', 2_629_800 * second],
    ['1m', 60 * second],
    ['50 us', 50],
    ['3 µs', 3],
    ['infinity', Infinity],
    ['', undefined],
    ['-1', undefined],
    ['1x', undefined],
    ['s', undefined],
    ['1.s', undefined],
    ['99999999999999999999', undefined],
  ];
  for (const [text, span] of spans) t.is(parseDuration(text), span as Microseconds | undefined, text);
});

test('A span is printed in its parts, below a minute with decimals', (t) => {
  const spans: readonly (readonly [number, string])[] = [
    [0, '0'],
    [1, '1us'],
    [100_000, '100ms'],
    [1_500_000, '1.500s'],
    [1_000_000, '1s'],
    [90_000_000, '1min 30s'],
    [3_600_000_000 * 25, '1d 1h'],
    [Infinity, 'infinity'],
  ];
  for (const [span, text] of spans) t.is(formatDuration(span as Microseconds, span < 1000 ? 1 : 1000), text);
});

test('What was printed exactly is read again as the same', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (usec) => {
      t.is(parseDuration(formatDuration(usec as Microseconds)), usec as Microseconds);
    }),
  );
  t.pass();
});
