// systemd-analyze and systemd-escape say what the real ones say: words picked by hand, and as many that were made.
import { existsSync } from 'node:fs';
import test from 'ava';
import { parseSpan } from '../../../src/units/values/duration.ts';
import { same, sameBetween, sameInZone } from './ask.ts';
import { calendars, calendarText, dateStamp, made, noSpans, relativeStamps, span, spans, stamps } from './words.ts';

const runnable = existsSync('/usr/bin/systemd-analyze') ? test : test.skip;
const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Asia/Kolkata',
  ':Europe/Dublin',
  'CET-1CEST,M3.5.0,M10.5.0/3',
];

runnable('Spans of time', async (t) => {
  const generated = made(span, 400);
  const isSpan = (word: string): boolean => parseSpan(word).ok;
  await same(t, { head: ['timespan'] }, [...spans, ...generated.filter(isSpan)]);
  for (const word of [...noSpans, ...generated.filter((one) => !isSpan(one)).slice(0, 30)])
    await same(t, { head: ['timespan'] }, [word]);
});
runnable('Calendar expressions', async (t) => {
  const words = [...calendars, ...made(calendarText, 300)].filter((word) => !word.includes('\n'));
  for (const [index, TZ] of zones.entries()) {
    const head = ['calendar', '--iterations=3', `--base-time=${bases[index % bases.length] ?? ''}`];
    await same(t, { head, environment: { TZ } }, words);
  }
});

const bases = [
  '2024-03-30 12:00:00',
  '2024-10-26 12:00:00 UTC',
  '@1711846800',
  '2026-11-25 16:00',
  '2011-12-29 23:00',
  '@0.5',
  '2198-12-31',
  '2024-02-28 23:59:59.999999',
];

/** systemd 252 loses its argument where that ends in the name of a zone: it parses it in a fork, which writes its own name over argv. */
const lost = / (?:Europe\/Berlin|America\/New_York|Australia\/Lord_Howe|Pacific\/Apia|CET|EST|EST5EDT)$/;

runnable('Points in time', async (t) => {
  const words = [...stamps, ...made(dateStamp, 400)].filter((word) => !lost.test(word));
  for (const TZ of zones) await same(t, { head: ['timestamp'], environment: { TZ } }, words);
});

runnable('Points in time in a zone by name are those that clocks there show', async (t) => {
  const words = [...stamps, ...made(dateStamp, 400)].filter(
    // Those that end in a number: no zone of their own. What is counted from 1970 is so everywhere.
    (word) => /\d$/.test(word) && !word.startsWith('@'),
  );
  for (const zone of ['Europe/Berlin', 'America/New_York', 'Pacific/Apia']) await sameInZone(t, zone, words);
});

runnable('Points in time that are counted from now', async (t) => {
  const words = relativeStamps.filter((word) => !lost.test(word));
  for (const TZ of zones.slice(0, 3)) await sameBetween(t, { head: ['timestamp'], environment: { TZ } }, words);
});
