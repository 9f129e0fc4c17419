// Zones without files of this machine: bytes made here, and rules.
import test from 'ava';
import fc from 'fast-check';
import { civilDate, civilDays, weekdayOf } from '../../../src/units/values/civil.ts';
import { freshMemory, momentOf, wallClockAt } from '../../../src/units/values/wall-clock.ts';
import { parseRule, parseZoneFile, utc } from '../../../src/units/values/zone.ts';
import { zonesFrom } from '../../../src/units/values/zones.ts';

interface Shape {
  readonly transitions: readonly (readonly [seconds: number, type: number])[];
  readonly types: readonly (readonly [offset: number, isDst: boolean, abbreviation: string])[];
  readonly rule: string;
}

/** A TZif file of version 2, whose data for 32 bits are empty. */
function zoneFile({ transitions, types, rule }: Shape): Uint8Array {
  const names = types.map(([, , abbreviation]) => `${abbreviation}\0`);
  const header = (counts: readonly number[]): Buffer => {
    const bytes = Buffer.alloc(44);
    bytes.write('TZif2');
    for (const [index, count] of counts.entries()) bytes.writeUInt32BE(count, 20 + 4 * index);
    return bytes;
  };
  const moments = transitions.map(([seconds]) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(BigInt(seconds));
    return bytes;
  });
  const described = types.map(([offset, isDst], index) => {
    const bytes = Buffer.alloc(6);
    bytes.writeInt32BE(offset);
    bytes.writeUInt8(isDst ? 1 : 0, 4);
    bytes.writeUInt8(names.slice(0, index).join('').length, 5);
    return bytes;
  });
  return Buffer.concat([
    header([0, 0, 0, 0, 1, 1]),
    Buffer.alloc(7),
    header([0, 0, 0, transitions.length, types.length, names.join('').length]),
    ...moments,
    Buffer.from(transitions.map(([, type]) => type)),
    ...described,
    Buffer.from(`${names.join('')}\n${rule}\n`),
  ]);
}

const summer = zoneFile({
  transitions: [
    [0, 0],
    [1000, 1],
    [2000, 0],
  ],
  types: [
    [3600, false, 'CET'],
    [7200, true, 'CEST'],
    [60, false, 'LMT'],
  ],
  rule: 'CET-1CEST,M3.5.0,M10.5.0/3',
});

test('A TZif file says what clocks show: before its first change, between two, and by its rule behind the last', (t) => {
  const zone = parseZoneFile(summer);
  t.is(zone?.typeAt(-1).abbreviation, 'CET');
  t.is(zone?.typeAt(999).offset, 3600);
  t.is(zone?.typeAt(1000).abbreviation, 'CEST');
  t.is(zone?.typeAt(1_720_000_000).abbreviation, 'CEST');
  t.is(zone?.typeAt(1_700_000_000).abbreviation, 'CET');
  t.deepEqual(zone?.names, ['CET', 'CEST']);
  t.false(zone?.isUtc);
});

test('What is no TZif file, or the beginning of one, is refused', (t) => {
  for (let length = 0; length < summer.length - 30; length++) t.is(parseZoneFile(summer.slice(0, length)), undefined);
  t.is(parseZoneFile(Buffer.alloc(200, 65)), undefined);
});

test('Bytes that are wrong anywhere make a zone or none, and never throw', (t) => {
  fc.assert(
    fc.property(fc.nat(summer.length - 1), fc.nat(255), fc.integer({ min: -1e10, max: 1e10 }), (at, byte, seconds) => {
      const bytes = Uint8Array.from(summer);
      bytes[at] = byte;
      const zone = parseZoneFile(bytes);
      if (zone !== undefined) t.is(typeof zone.typeAt(seconds).offset, 'number');
    }),
    { numRuns: 1000 },
  );
  t.pass();
});

test('A rule says when daylight saving time is, in the south over new year', (t) => {
  const south = parseRule('AEST-10AEDT,M10.1.0,M4.1.0/3');
  t.is(south?.typeAt(1_704_067_200).abbreviation, 'AEDT');
  t.is(south?.typeAt(1_719_792_000).abbreviation, 'AEST');
  t.is(parseRule('<-03>3')?.typeAt(0).abbreviation, '-03');
  t.is(parseRule('EST5EDT')?.typeAt(1_720_000_000).offset, -14_400);
  for (const text of ['', 'CET', 'CE-1', 'CET-1CEST,M3.5.0', 'CET-1CEST,x,y', 'Europe/Berlin'])
    t.is(parseRule(text), undefined);
});

test('$TZ is a file below /usr/share/zoneinfo, a path, a rule, or UTC under a name that nobody knows', (t) => {
  const asked: string[] = [];
  const files = {
    readRange: (path: string) => {
      asked.push(path);
      return path.endsWith('Berlin') ? summer : 2;
    },
  };
  t.deepEqual(zonesFrom(files, 'Europe/Berlin').local.names, ['CET', 'CEST']);
  t.deepEqual(zonesFrom(files, ':/x/Berlin').local.names, ['CET', 'CEST']);
  t.deepEqual(zonesFrom(files, 'EST5').local.names, ['EST', 'EST']);
  t.deepEqual(zonesFrom(files, 'Nowhere').local.names, ['Nowhere', '']);
  t.is(zonesFrom(files, '').local, utc);
  t.is(zonesFrom(files, undefined).local, utc);
  t.deepEqual(asked, [
    '/usr/share/zoneinfo/Europe/Berlin',
    '/x/Berlin',
    '/usr/share/zoneinfo/EST5',
    '/usr/share/zoneinfo/Nowhere',
    '/etc/localtime',
  ]);
});

test('A zone’s name leads nowhere but below /usr/share/zoneinfo', (t) => {
  const zones = zonesFrom({ readRange: () => summer }, undefined);
  for (const name of ['', '/etc/localtime', '../Berlin', 'Europe//Berlin', 'Europe/', 'a.b', 'a b'])
    t.is(zones.named(name), undefined, name);
  t.not(zones.named('Europe/Berlin'), undefined);
});

test('Dates and their numbers are each other’s inverse, and are those of Date', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: -3_000_000, max: 3_000_000 }), (days) => {
      const { year, month, day } = civilDate(days);
      t.is(civilDays(year, month, day), days);
      const date = new Date(days * 86_400_000);
      t.deepEqual([year, month, day], [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]);
      t.is(weekdayOf(days), date.getUTCDay());
    }),
  );
  t.pass();
});

test('A moment’s clock leads back to it, where the clock tells which of two times it is', (t) => {
  const zone = parseZoneFile(summer) ?? utc;
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 7e9 }), (seconds) => {
      t.is(momentOf(zone, wallClockAt(zone, seconds), freshMemory()), seconds);
    }),
    { numRuns: 1000 },
  );
  t.pass();
});
