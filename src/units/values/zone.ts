/**
 * Time zones: TZif files (RFC 8536, man tzfile) and the rules of $TZ (POSIX, man tzset), with the choices that the C library
 * of Debian makes where they leave some. Pure: zones.ts finds the bytes.
 */
import { civilDays, daySeconds, weekdayOf, yearOf } from './civil.ts';

/** What clocks show in a zone for some time. */
export interface LocalType {
  /** Seconds east of UTC. */
  readonly offset: number;
  readonly isDst: boolean;
  /** `CET` */
  readonly abbreviation: string;
}

export interface Zone {
  /** The local type at a moment, in seconds since 1970. */
  typeAt(seconds: number): LocalType;
  /** tzname[]: the abbreviations of standard and daylight saving time; the same twice where there is no such time, '' where there is none. */
  readonly names: readonly [standard: string, daylight: string];
  /** It is UTC in all but name, and stays it. */
  readonly isUtc: boolean;
}

const utcType: LocalType = { offset: 0, isDst: false, abbreviation: 'UTC' };

export const utc: Zone = { typeAt: () => utcType, names: ['UTC', 'UTC'], isUtc: true };

const magic = [0x54, 0x5a, 0x69, 0x66];
const headerLength = 44;

interface Header {
  readonly version: number;
  readonly utcCount: number;
  readonly wallCount: number;
  readonly leaps: number;
  readonly transitions: number;
  readonly types: number;
  readonly characters: number;
}

/** The zone in a TZif file; undefined where the bytes are none. Leap seconds are not counted. */
export function parseZoneFile(bytes: Uint8Array): Zone | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = readHeader(view, 0);
  if (first === undefined) return undefined;
  if (first.version === 0) return readZone(view, headerLength, first, 4);
  // What is behind the data for 32 bits says the same with 64.
  const begin = headerLength + bodyLength(first, 4);
  const second = readHeader(view, begin);
  return second === undefined ? undefined : readZone(view, begin + headerLength, second, 8);
}

function readHeader(view: DataView, at: number): Header | undefined {
  if (view.byteLength < at + headerLength || magic.some((byte, i) => view.getUint8(at + i) !== byte)) return undefined;
  const count = (index: number): number => view.getUint32(at + 20 + 4 * index);
  return {
    version: view.getUint8(at + 4),
    utcCount: count(0),
    wallCount: count(1),
    leaps: count(2),
    transitions: count(3),
    types: count(4),
    characters: count(5),
  };
}

function bodyLength(header: Header, wordLength: 4 | 8): number {
  const { utcCount, wallCount, leaps, transitions, types, characters } = header;
  return transitions * (wordLength + 1) + types * 6 + characters + leaps * (wordLength + 4) + wallCount + utcCount;
}

function readZone(view: DataView, begin: number, header: Header, wordLength: 4 | 8): Zone | undefined {
  const end = begin + bodyLength(header, wordLength);
  if (end > view.byteLength || header.types === 0) return undefined;
  const indexes = begin + header.transitions * wordLength;
  const typeTable = indexes + header.transitions;
  const characters = typeTable + header.types * 6;

  const types: LocalType[] = [];
  for (let at = typeTable; at < characters; at += 6) {
    types.push({
      offset: view.getInt32(at),
      isDst: view.getUint8(at + 4) !== 0,
      abbreviation: textAt(view, characters + view.getUint8(at + 5), 0, characters + header.characters),
    });
  }
  const moments: number[] = [];
  const follows: LocalType[] = [];
  for (let i = 0; i < header.transitions; i++) {
    const at = begin + i * wordLength;
    const type = types[view.getUint8(indexes + i)];
    if (type === undefined) return undefined;
    moments.push(wordLength === 4 ? view.getInt32(at) : Number(view.getBigInt64(at)));
    follows.push(type);
  }
  const rule = wordLength === 8 ? parseRule(textAt(view, end + 1, 0x0a, view.byteLength)) : undefined;
  return zoneOf(types, moments, follows, rule);
}

/** ASCII from `at` up to a byte `stop`, or `limit`. */
function textAt(view: DataView, at: number, stop: number, limit: number): string {
  let text = '';
  for (let i = at; i < limit && view.getUint8(i) !== stop; i++) text += String.fromCharCode(view.getUint8(i));
  return text;
}

/** `moments[i]`: when `follows[i]` begins. Behind the last one `rule` holds, where there is one. */
function zoneOf(
  types: readonly LocalType[],
  moments: readonly number[],
  follows: readonly LocalType[],
  rule: Zone | undefined,
): Zone {
  const begin = types.find((type) => !type.isDst) ?? types[0] ?? utcType;
  const last = moments.at(-1) ?? -Infinity;
  const standard = follows.findLast((type) => !type.isDst)?.abbreviation;
  const daylight = follows.findLast((type) => type.isDst)?.abbreviation;
  const final = follows.at(-1) ?? begin;
  return {
    typeAt(seconds) {
      if (moments.length === 0 || seconds < (moments[0] as number)) return begin;
      if (seconds >= last && rule !== undefined) return rule.typeAt(seconds);
      return follows[lastAt(moments, seconds)] ?? begin;
    },
    names: [standard ?? daylight ?? begin.abbreviation, daylight ?? standard ?? begin.abbreviation],
    isUtc: rule?.isUtc ?? (final.offset === 0 && !final.isDst),
  };
}

/** The index of the last of the sorted `moments` that is not after `seconds`. */
function lastAt(moments: readonly number[], seconds: number): number {
  let low = 0;
  let high = moments.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((moments[middle] as number) <= seconds) low = middle;
    else high = middle;
  }
  return low;
}

const name = '(<[A-Za-z0-9+-]+>|[A-Za-z]{3,})';
const time = '([+-]?\\d{1,3}(?::\\d{1,2}){0,2})';
const when = '(M\\d{1,2}\\.\\d\\.\\d|J\\d{1,3}|\\d{1,3})';
const form = new RegExp(`^${name}${time}(?:${name}${time}?(?:,${when}(?:/${time})?,${when}(?:/${time})?)?)?$`);

/** `CET-1CEST,M3.5.0,M10.5.0/3`: what $TZ may hold in place of a zone's name, and what ends a TZif file. Without dates daylight saving is that of the USA. */
export function parseRule(text: string): Zone | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, standardName = '', west = '', daylightName, daylightWest, begin, beginTime, end, endTime] = match;
  const standard: LocalType = { offset: -secondsOf(west), isDst: false, abbreviation: bare(standardName) };
  if (daylightName === undefined) {
    const { abbreviation } = standard;
    return { typeAt: () => standard, names: [abbreviation, abbreviation], isUtc: standard.offset === 0 };
  }
  const daylight: LocalType = {
    offset: daylightWest === undefined ? standard.offset + 3600 : -secondsOf(daylightWest),
    isDst: true,
    abbreviation: bare(daylightName),
  };
  const beginOf = changeOf(begin ?? 'M3.2.0', beginTime, standard.offset);
  const endOf = changeOf(end ?? 'M11.1.0', endTime, daylight.offset);
  return {
    typeAt(seconds) {
      // The year in UTC decides, as in the C library.
      const current = yearOf(Math.floor(seconds / daySeconds));
      const [from, to] = [beginOf(current), endOf(current)];
      const isDst = from > to ? seconds < to || seconds >= from : seconds >= from && seconds < to;
      return isDst ? daylight : standard;
    },
    names: [standard.abbreviation, daylight.abbreviation],
    isUtc: false,
  };
}

function bare(text: string): string {
  return text.replace(/[<>]/g, '');
}

/** `-1:30:00` in seconds. */
function secondsOf(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[+-]/, '').split(':').map(Number);
  return (text.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
}

/** When a rule's date comes in a year, in seconds since 1970; before it clocks are at `offset`. */
function changeOf(date: string, at = '2', offset: number): (year: number) => number {
  const clock = secondsOf(at) - offset;
  return (year) => dayIn(date, year) * daySeconds + clock;
}

/** Days since 1970. */
function dayIn(date: string, year: number): number {
  const [first = 0, week = 0, weekday = 0] = date.replace(/^[MJ]/, '').split('.').map(Number);
  switch (date.charAt(0)) {
    case 'J': {
      // The 29th of February is never counted.
      const isLeap = civilDays(year + 1, 0, 1) - civilDays(year, 0, 1) === 366;
      return civilDays(year, 0, first) + (isLeap && first >= 60 ? 1 : 0);
    }
    case 'M': {
      const begin = civilDays(year, first - 1, 1);
      const day = begin + ((weekday - weekdayOf(begin) + 7) % 7) + 7 * (week - 1);
      // The fifth is the last one.
      return day < civilDays(year, first, 1) ? day : day - 7;
    }
    default:
      return civilDays(year, 0, 1) + first;
  }
}
