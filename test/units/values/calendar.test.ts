// Beside what systemd-analyze says (test/oracle/analyze): what holds for every expression, and what comes where clocks are changed.
import test from 'ava';
import fc from 'fast-check';
import { formatCalendar } from '../../../src/units/values/calendar-format.ts';
import { nextElapse } from '../../../src/units/values/calendar-next.ts';
import { parseCalendar } from '../../../src/units/values/calendar.ts';
import { formatTimestamp, parseMoment } from '../../../src/units/values/timestamp.ts';
import { onlyUtc, zonesFrom } from '../../../src/units/values/zones.ts';
import { calendarText } from '../../oracle/analyze/words.ts';

/** Berlin without its file: rules are enough. */
const berlin = zonesFrom({ readRange: () => 2 }, 'CET-1CEST,M3.5.0,M10.5.0/3');

test('A normal form is read again as the same', (t) => {
  fc.assert(
    fc.property(calendarText, (text) => {
      const parsed = parseCalendar(text, berlin);
      if (!parsed.ok) return;
      const again = parseCalendar(formatCalendar(parsed.spec), berlin);
      // Two things systemd writes so that it cannot read them: a range of 0 to 0, and what it counts twice from a month's end.
      if (!again.ok) t.true(parsed.spec.isEndOfMonth, text);
      else t.is(formatCalendar(again.spec), formatCalendar(parsed.spec));
    }),
    { numRuns: 500 },
  );
  t.pass();
});

test('What comes next is later, matches, and nothing between matches', (t) => {
  fc.assert(
    fc.property(calendarText, fc.integer({ min: 0, max: 4_000_000_000 }), fc.nat(999_999), (text, seconds, micro) => {
      const parsed = parseCalendar(text, onlyUtc);
      if (!parsed.ok) return;
      const after = seconds * 1_000_000 + micro;
      const next = nextElapse(parsed.spec, after);
      if (typeof next === 'string') return;
      t.true(next > after);
      t.is(nextElapse(parsed.spec, next - 1), next);
      const between = after + Math.floor((next - after) / 2);
      if (between < next) t.is(nextElapse(parsed.spec, between), next);
    }),
    { numRuns: 300 },
  );
  t.pass();
});

/** The elapses after a moment, as clocks in Berlin show them. */
function elapses(text: string, after: string, count: number): (string | undefined)[] {
  const parsed = parseCalendar(text, berlin);
  let moment = parseMoment(after, 0, berlin);
  if (!parsed.ok || moment === undefined) return [];
  const shown: (string | undefined)[] = [];
  for (let i = 0; i < count; i++) {
    const next = nextElapse(parsed.spec, moment);
    if (typeof next === 'string') return [...shown, next];
    shown.push(formatTimestamp(next, berlin.local));
    moment = next;
  }
  return shown;
}

test('A time that clocks skip is passed over', (t) => {
  t.deepEqual(elapses('02:30', '2024-03-30 02:00', 2), ['Sat 2024-03-30 02:30:00 CET', 'Mon 2024-04-01 02:30:00 CEST']);
  t.deepEqual(elapses('*:30', '2024-03-31 01:00', 2), ['Sun 2024-03-31 01:30:00 CET', 'Sun 2024-03-31 03:30:00 CEST']);
});

test('A time that clocks show twice comes once', (t) => {
  t.deepEqual(elapses('02:30', '2024-10-26 12:00', 2), ['Sun 2024-10-27 02:30:00 CEST', 'Mon 2024-10-28 02:30:00 CET']);
});

test('Dates that no year has never come', (t) => {
  t.deepEqual(elapses('*-02-30', '2024-01-01', 1), ['never']);
  t.deepEqual(elapses('2024-02-29 12:00', '2024-03-01', 1), ['never']);
  t.deepEqual(elapses('*-02-29', '2024-03-01', 1), ['Tue 2028-02-29 00:00:00 CET']);
});

test('Whatever the text, parsing ends with a spec or a reason', (t) => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9 .,~*:/@-]{0,40}$/), (text) => {
      const parsed = parseCalendar(text, onlyUtc);
      if (parsed.ok) t.not(nextElapse(parsed.spec, 0), undefined);
    }),
  );
  t.pass();
});
