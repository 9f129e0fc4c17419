// Beside what systemd-analyze says (test/oracle/analyze): what holds for every moment.
import test from 'ava';
import fc from 'fast-check';
import {
  formatAgo,
  formatTimestamp,
  latestTimestamp,
  parseTimestamp,
  parseTimestampStyle,
  type TimestampStyle,
} from '../../../src/units/values/timestamp.ts';
import { onlyUtc, zonesFrom } from '../../../src/units/values/zones.ts';

/** Berlin without its file: rules are enough. */
const berlin = zonesFrom({ readRange: () => 2 }, 'CET-1CEST,M3.5.0,M10.5.0/3');
const styles: readonly TimestampStyle[] = ['pretty', 'us', 'utc', 'us+utc', 'unix'];
const moment = fc.bigInt({ min: 1_000_000n, max: latestTimestamp });

test('A moment that was written in any style is read again as the same, to the second or the usec', (t) => {
  fc.assert(
    fc.property(moment, fc.constantFrom(...styles), fc.constantFrom(onlyUtc, berlin), (usec, style, zones) => {
      const text = formatTimestamp(usec, zones.local, style) ?? '';
      const parsed = parseTimestamp(text, 0, zones);
      const expected = style.startsWith('us') ? usec : usec - (usec % 1_000_000n);
      t.deepEqual(parsed, { ok: true, usec: expected }, text);
    }),
    { numRuns: 500 },
  );
  t.pass();
});

test('Every word of --timestamp= is known, with either letter for micro', (t) => {
  for (const style of styles) t.is(parseTimestampStyle(style), style);
  for (const micro of ['µs', 'μs']) t.is(parseTimestampStyle(micro), 'us');
  t.is(parseTimestampStyle('μs+utc'), 'us+utc');
  for (const word of ['', 'us+', 'unix+utc', 'help', 'US']) t.is(parseTimestampStyle(word), undefined, word);
});

test('What is no moment is not written: 0, and for ever', (t) => {
  for (const usec of [0, Infinity, (1n << 64n) - 1n]) t.is(formatTimestamp(usec, onlyUtc.local), undefined);
  t.is(formatTimestamp(latestTimestamp + 1n, onlyUtc.local), '--- XXXX-XX-XX XX:XX:XX');
});

test('Whatever the text, it is a moment or there is a reason', (t) => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), fc.stringMatching(/^[0-9 :.+@-]{0,30}$/), (any, likely) => {
      for (const text of [any, likely]) t.is(typeof parseTimestamp(text, 1e15, berlin).ok, 'boolean');
    }),
  );
  t.pass();
});

test('A distance has two parts at most', (t) => {
  const spans: readonly (readonly [number, string])[] = [
    [0, 'now'],
    [1, '1us ago'],
    [-1500, '1ms left'],
    [59_999_999, '59s ago'],
    [125_000_000, '2min 5s ago'],
    [301_000_000, '5min ago'],
    [3_660_000_000, '1h 1min ago'],
    [25 * 3_600_000_000, '1 day 1h ago'],
    [8 * 86_400_000_000, '1 week 1 day ago'],
    [-400 * 86_400_000_000, '1 year 1 month left'],
  ];
  for (const [span, text] of spans) t.is(formatAgo(span), text);
});
