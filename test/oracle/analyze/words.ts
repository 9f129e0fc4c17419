// Words to ask systemd-analyze for: picked by hand, and made at random, the same every time.
import fc from 'fast-check';

/** Words with `|` between them. Lines are broken behind a `|`. */
function words(text: string): string[] {
  return text.replaceAll('\n', '').split('|');
}

/** The same every time. */
export function made<Value>(arbitrary: fc.Arbitrary<Value>, count: number, seed = 1): Value[] {
  return fc.sample(arbitrary, { numRuns: count, seed });
}

const spanUnit = fc.constantFrom(
  ...'seconds second sec s minutes minute min months month M msec ms m hours hour hr h days day d weeks week w years year y usec us μs µs'.split(
    ' ',
  ),
  '',
  ' ',
  'x',
  'S',
  'nsec',
);
const spanNumber = fc.oneof(
  fc.nat(100).map(String),
  fc.nat().map(String),
  fc.constantFrom(
    '0',
    '00',
    '1.5',
    '.5',
    '5.',
    '0.000001',
    '1.0000009',
    '.',
    '-1',
    '+1',
    '18446744073709551615',
    '9223372036854775807',
    '9223372036854775808',
    '584542',
    '1e3',
    '1.2.3',
    '0x5',
  ),
  fc.tuple(fc.nat(1000), fc.nat(1_000_000_000)).map(([whole, fraction]) => `${whole}.${fraction}`),
);
const blank = fc.constantFrom('', '', ' ', '  ', '\t', '\n');
export const span = fc
  .array(
    fc.tuple(blank, spanNumber, blank, spanUnit).map((parts) => parts.join('')),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.join(''));

// A span that is none ends the command: those are asked one by one.
export const spans = [
  ...words(`
1|1s|2h30min|infinity| infinity |5min 20s|1y 12month|50 us|3 µs|1.5h|100000000s|300y|584542y|1ms 1us|59.999999s|
60.000001s|1.000001s|999us|1000us|0|0.5us|2.5us`),
];
export const noSpans = [
  ...words(`
| |infinity5|infinitys|5x|-5|s|5.|5.s|1..2|584543y|18446744073709551615|now|daily|@5|tomorrow|12:00|5 - 3|+|1h ago|
99999999999999999999`),
];

const fieldValue = (least: number, most: number): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: least, max: most }).map(String) },
    { weight: 2, arbitrary: fc.integer({ min: least, max: most }).map((value) => String(value).padStart(2, '0')) },
    { weight: 1, arbitrary: fc.integer({ min: Math.max(0, least - 2), max: most + 3 }).map(String) },
  );
const field = (least: number, most: number, extra: fc.Arbitrary<string> = fc.constant('')): fc.Arbitrary<string> => {
  const value = fc.tuple(fieldValue(least, most), extra).map((parts) => parts.join(''));
  const repeat = fc
    .tuple(fc.integer({ min: 0, max: Math.ceil(most / 2) }), extra)
    .map(([count, more]) => `/${String(count)}${more}`);
  const component = fc.oneof(
    { weight: 5, arbitrary: value },
    { weight: 2, arbitrary: fc.tuple(value, value).map(([from, to]) => `${from}..${to}`) },
    { weight: 2, arbitrary: fc.tuple(value, repeat).map((parts) => parts.join('')) },
    { weight: 1, arbitrary: fc.tuple(value, value, repeat).map(([from, to, more]) => `${from}..${to}${more}`) },
  );
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant('*') },
    { weight: 5, arbitrary: fc.array(component, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(',')) },
  );
};
const weekdayName = fc.constantFrom(
  ...'Mon Tue Wed Thu Fri Sat Sun monday TUESDAY Wednesday thursday friday Saturday sunday'.split(' '),
);
const weekdaysText = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: weekdayName },
      {
        weight: 2,
        arbitrary: fc.tuple(weekdayName, fc.constantFrom('..', '-', '...'), weekdayName).map((parts) => parts.join('')),
      },
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => parts.join(','));
const year = fc.oneof(
  { weight: 3, arbitrary: fc.constant('*') },
  { weight: 2, arbitrary: field(2020, 2199) },
  { weight: 1, arbitrary: field(0, 99) },
);
const dash = fc.constantFrom('-', '-', '-', '~');
const dateText = fc.oneof(
  fc.tuple(year, field(1, 12), dash, field(1, 31)).map(([y, m, d, day]) => `${y}-${m}${d}${day}`),
  fc.tuple(field(1, 12), dash, field(1, 31)).map((parts) => parts.join('')),
);
const fraction = fc.oneof(
  { weight: 5, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.nat(9_999_999).map((digits) => `.${String(digits)}`) },
);
const timeText = fc.oneof(
  fc.tuple(field(0, 23), field(0, 59)).map((parts) => parts.join(':')),
  fc.tuple(field(0, 23), field(0, 59), field(0, 59, fraction)).map((parts) => parts.join(':')),
);
const zoneText = fc.constantFrom(
  '',
  '',
  '',
  'UTC',
  'utc',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Nowhere/Here',
  'CET',
  'CEST',
  'EST',
  'EDT',
);
export const calendarText = fc
  .tuple(
    fc.option(weekdaysText, { freq: 2 }),
    fc.option(dateText, { freq: 3 }),
    fc.option(timeText, { freq: 3 }),
    zoneText,
  )
  .map((parts) => parts.filter((part) => part !== null && part !== '').join(' '));

export const calendars = [
  ...words(`
daily|weekly|monthly|minutely|hourly|yearly|annually|anually|quarterly|semiannually|semi-annually|biannually|
bi-annually|DAILY|Daily UTC|daily Europe/Berlin|Sat,Thu,Mon..Wed,Sat..Sun|Mon,Sun 12-*-* 2,1:23|Wed *-1|
Wed..Wed,Wed *-1|Wed, 17:48|Wed..Sat,Tue 12-10-15 1:2:3|*-*-7 0:0:0|10-15|monday *-12-* 17:00|
Mon,Fri *-*-3,1,2 *:30:45|12,14,13,12:20,10,30|12..14:10,20,30|mon,fri *-1/2-1,3 *:30:45|03-05 08:05:40|08:05:40|
05:40|Sat,Sun 12-05 08:05:40|Sat,Sun 08:05:40|2003-03-05 05:40|05:40:23.4200004/3.1700005|2003-02..04-05|
2003-03-05 05:40 UTC|2003-03-05|03-05|*:*:*|*-*-* *:*:*.5|*:0/15|*~1|*-02~01|*-*~2..4|*~05,10..15|2-29|2-30|*-02-31|
2024-02-30|Mon *-2-29|Fri *-*-13|Mon..Sun|Mon..Tue..Wed|Sun..Mon|Mon-Fri 10:00|Mon|Mon,|Mon, 10:00|Mon |Mon  10:00|
Mon..|Tues|@0|@1700000000|@1700000000 |@|@-1|@+5|@ 5|@99999999999999999999|@9999999999|@7258118399|Mon @1700000000|
2020-01-01 UTC|1969-01-01|1970-01-01|2199-12-31 23:59:59|2200-01-01|69-1-1|70-1-1|99-1-1|| |UTC| UTC|Europe/Berlin|12|
12:|:12|12:60|24:00|1:2:60|1:2:59.9999999|1:2:3.|1:2:3.5..4.5|1:2:3.5..3.6|1:2:3..3|1:2:3/0|1:2:3/0.5|*:*:*/2|
*:*:0/0.25|*:*:00..59.5/0.5|0/5:0|0/24:0|23/1:0|22/2:0|*/2:0|1..5/2:0|1..5/4:0|1..5/5:0|5..1:0|1,1,1:0|1,2..2:0|
3..9/2,3,5..7:0|1-|1--1|1~1~1|1-1-1-1|1-1 1|2024-1-1T10:00|2024-1-1 10|1,:0|,1:0|1:0,|00..00:0|0..0/1:0|0:0..0|
0:0:0..0|now|tomorrow|5min|-1h|nonsense|12345678901:00|2147483647-1-1|2147483648-1-1|1..2147483647-1|1/2147483647-1|
0:0:2147.483647|0:0:2148|*-*-01..07 12:00|*-1..3,7-1..10/3 00/6:30|*-*-* 2:30|*-*-* 1:30 |*-*-* 02:00..59:00|
Sun *-3~7..1/1|*-3~1/7 02:30|*-10~1/7 02:30|*-10~7..1|*-*~28|*-*~29|*-*~1/28`),
  `${'1,'.repeat(239)}1:0`,
  `${'1,'.repeat(240)}1:0`,
  `${'1,'.repeat(241)}1:0`,
];

const twoDigits = (most: number): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: most }).map((value) => String(value).padStart(2, '0')) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: most + 2 }).map(String) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 130 }).map((value) => ` ${String(value)}`) },
  );
const stampYear = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1969, max: 2100 }).map(String) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 99 }).map(String) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 12_000 }).map(String) },
);
const stampDate = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(stampYear, twoDigits(12), twoDigits(31)).map((parts) => parts.join('-')) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('Jan', 'february', 'MAR', 'Sept', 'Sep', 'december', 'Juli', 'May'), twoDigits(31))
      .map((parts) => parts.join(' ')),
  },
);
const stampTime = fc.oneof(
  fc.tuple(twoDigits(23), twoDigits(59)).map((parts) => parts.join(':')),
  fc.tuple(twoDigits(23), twoDigits(59), twoDigits(59), fraction).map(([h, m, s, f]) => `${h}:${m}:${s}${f}`),
);
/** Dates with or without a time: what they come to does not depend on the day. */
export const dateStamp = fc
  .tuple(
    fc.option(weekdayName, { freq: 1 }),
    stampDate,
    fc.option(stampTime, { freq: 4 }),
    fc.oneof({ weight: 3, arbitrary: fc.constant('') }, { weight: 2, arbitrary: zoneText }),
  )
  .map((parts) => parts.filter((part) => part !== null && part !== '').join(' '));

export const stamps = words(`
2024-01-01|2024-01-01 10:00|2024-01-01 10:00:30|2024-01-01 10:00:30.5|24-01-01 10:00|69-01-01|68-01-01|70-01-02 12:00|
2024-02-30|2024-02-29|2023-02-29|2024-00-01|2024-13-01|2024-01-32|2024-1-1|2024-1-1 1:2|2024-1-1 1:2:3|2024-01-01 24:00|
2024-01-01 23:60|2024-01-01 23:59:60|2024-01-01 23:59:61|2024-01-01 23:59:62|2024-01-01T10:00|2024-01-01 10|Mon 2024-01-01|
Tue 2024-01-01|mon 2024-01-01|Monday 2024-01-01 10:00 UTC|Mond 2024-01-01|Mon, 2024-01-01|Mon  2024-01-01|2024-01-01 UTC|
2024-01-01 utc|2024-01-01 Europe/Berlin|2024-07-01 12:00 Europe/Berlin|2024-07-01 12:00 CET|2024-07-01 12:00 CEST|
2024-01-01 12:00 CEST|2024-01-01 12:00 cet|2024-01-01 12:00 EST|2024-01-01 12:00 EDT|2024-01-01 12:00 EST5EDT|
2024-01-01 Nowhere/Here|2024-01-01 10:00:00.1234567|2024-01-01 10:00:00.9999999|2024-01-01 10:00:00.|2024-01-01 10:00:00.x|
@0|@1|@-1|@|@1700000000|@1700000000.5|@1700000000s|@1min|@infinity|@253402214399|@253402214400|@1 2|@ 1|@1 UTC|
9999-12-30 23:59:59|9999-12-31|10000-01-01|1969-12-31 23:59:59|1970-01-01|1970-01-01 00:00:01|0001-01-01|1-1-1|
2024-03-31 02:30 Europe/Berlin|2024-10-27 02:30 Europe/Berlin|2024-03-10 02:30 America/New_York|
2011-12-30 12:00 Pacific/Apia|today Nowhere|now Europe/Berlin|+1h Europe/Berlin||  2024-01-01|2024-01-01 |2024-01-01  10:00|
2024- 1- 1|2024-01-0110:00|2024-01-110:00|2024-01-11:00|2024-01-1 1:00:00|Jan 1 10:00:00|Jan 01 10:00:00.5|Feb 30 10:00:00|
January 1 10:00:00|Foo 1 10:00:00|Jan 1 10:00|Jan 1|Jan1 10:00:00|May 5 5:5:5|daily|5min|Mon..Fri|nonsense|12:00:00:00|
2024-01-01 UTC UTC|UTC|Europe/Berlin| UTC|2024-001-01|02024-01-01|20240101|2024-01-01-01|ago| ago|left|x ago|-|+|-x|+x|
5 agox|2024-01-01 ago|99999999999999 ago|-infinity|+infinity|infinity left|-70y|+8000y|1h  ago x`);

/** What is counted from now, or from today. */
export const relativeStamps = words(`
now|today|yesterday|tomorrow|+1h|-1h|-0|+0|2 days ago|1h left|5min ago|1y 2month ago|10:00|10:00:30|0:0|23:59:59.5|25:00|
today UTC|yesterday UTC|tomorrow Europe/Berlin|today Europe/Berlin|10:00 UTC|10:00 Europe/Berlin|now UTC|Mon 10:00|Tue 10:00|
Wed 10:00 UTC|Thu 10:00|Fri 10:00|Sat 10:00|Sun 10:00|Sunday 0:00 Pacific/Apia|+5s|-1.5s|TODAY|Today|Now|1s  ago`);
