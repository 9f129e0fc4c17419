/**
 * Unit files that nobody wrote: real ones with bytes changed, and new ones put together by the grammar. As strings of
 * bytes ("latin1"); the same for the same seed.
 */
import { allDirectives, groupsOf } from '../../src/units/directives.ts';
import { type Random, randomOf } from './random.ts';

const utf8 = (text: string): string => Buffer.from(text).toString('latin1');

const keys = allDirectives().map(({ key }) => key);
const keysOf = Object.fromEntries(
  Object.entries(groupsOf).map(([section, groups]) => {
    const homes: readonly string[] = [section, ...groups];
    return [section, allDirectives().flatMap(({ home, key }) => (homes.includes(home) ? [key] : []))];
  }),
);
const sections = ['Unit', 'Service', 'Install', 'Socket', 'Timer', 'Path', 'Slice', 'X-Foo', 'Foo', ' Unit ', ''];

/** What means something somewhere in the grammar or in a value. */
const pieces = [
  ...'"\'\\%;=[]\n\r\0 \t-@:+!|~/.,#$&{}<>*?^_09azAZ'.split(''),
  ...[
    '\\\n',
    '\\\n#\n',
    '\n;',
    ' ; ',
    ' \\; ',
    '\\x41',
    '\\x',
    '\\xff',
    '\\0',
    '\\101',
    '\\u00e9',
    '\\U0001f600',
    '\\s',
  ],
  ...['%i', '%n', '%z', '%%', '%', '%t', '%h', '${A}', '$A', '$$', '..', '//', '/./', '!!', '-/', '"a b"', "'a b'"],
  ...[
    'yes',
    'no',
    'on',
    'infinity',
    '0',
    '1',
    '-1',
    '5s',
    '1min 2s',
    '100%',
    '1K',
    '0x10',
    '010',
    '99999999999999999999',
  ],
  ...[
    'a.service',
    'b@.service',
    'b@c.service',
    'x.target',
    '/bin/true',
    '/bin/sh -c',
    'A=b',
    'man:a(1)',
    'SIGTERM',
    'TERM',
    '0-3',
  ],
  ...['\xff', '\xc3', '\xef\xbb\xbf', '\xef\xbf\xbf', '\xed\xa0\x80', '\x7f', '\x1b', '\x01'],
  ...['é', '😀', '\u0085', '\u00a0', '\u2028', '\ufffd', 'İ'].map(utf8),
];

/** A text with some of its bytes removed, doubled, changed, moved, or others put in. */
export function mutate(random: Random, seeds: readonly string[]): string {
  let text = random.pick(seeds);
  for (let times = 1 + random.below(8); times > 0; times--) {
    const at = random.below(text.length + 1);
    const length = random.oneIn(3) ? random.below(60) : random.below(4);
    const before = text.slice(0, at);
    const after = text.slice(at + length);
    const cut = text.slice(at, at + length);
    const other = random.pick(seeds);
    const from = random.below(other.length + 1);
    text = random.pick([
      () => before + random.pick(pieces) + text.slice(at),
      () => before + random.pick(pieces) + after,
      () => before + after,
      () => before + cut + cut + after,
      () => before + String.fromCharCode(random.below(256)) + text.slice(at + 1),
      () => before + String.fromCharCode(text.charCodeAt(at) ^ (1 << random.below(8)) || 0) + text.slice(at + 1),
      () => before + other.slice(from, from + random.below(80)) + after,
      () => before + `${random.pick(keys)}=` + text.slice(at),
      () => after + before,
    ])();
  }
  return text;
}

/** A file of sections, assignments of known keys, comments and rubbish. */
export function compose(random: Random): string {
  const lines: string[] = random.oneIn(10) ? [] : ['[Service]', 'ExecStart=/bin/true'];
  if (lines.length > 0 && random.oneIn(3)) lines.push('Type=oneshot');
  let section = 'Service';
  for (let times = random.below(14); times > 0; times--) {
    if (random.oneIn(5)) {
      section = random.oneIn(4) ? random.pick(sections) : random.pick(['Unit', 'Service', 'Install']);
      lines.push(`[${section}${random.oneIn(30) ? '' : ']'}`);
    } else if (random.oneIn(20)) lines.push(random.pick(['#', ';', '=', 'x', '', '  ', '\\']) + composeValue(random));
    else {
      const own = keysOf[section];
      const key = random.pick(own === undefined || random.oneIn(10) ? keys : own);
      lines.push(`${key}${random.pick(['=', '=', '=', ' = ', '=\t'])}${composeValue(random)}`);
    }
  }
  return lines.join('\n') + (random.oneIn(5) ? '' : '\n');
}

function composeValue(random: Random): string {
  if (random.oneIn(12)) return '';
  return Array.from({ length: 1 + random.below(random.oneIn(4) ? 12 : 3) }, () => random.pick(pieces)).join('');
}

/** So many inputs from that one on: half of each kind. */
export function inputs(seeds: readonly string[], first: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const random = randomOf(Math.imul(first + index + 1, 0x9e3779b1));
    return random.oneIn(2) ? mutate(random, seeds) : compose(random);
  });
}
