// systemd-escape says what the real one says.
import { existsSync } from 'node:fs';
import test from 'ava';
import fc from 'fast-check';
import {
  escapeName,
  escapePath,
  instanceOf,
  instantiate,
  mangleUnitName,
  parseUnitName,
  unescapeName,
  unescapePath,
} from '../../../src/units/name.ts';
import { name } from '../../units/world.ts';
import { same } from './ask.ts';
import { made } from './words.ts';

const runnable = existsSync('/usr/bin/systemd-escape') ? test : test.skip;

const long = (character: string, count: number): string => character.repeat(count);
const strings: readonly string[] = [
  ...[
    'a',
    'a b',
    'a/b',
    '/a/b',
    '//a//b//',
    'a-b',
    '.a',
    '..',
    '.',
    '/',
    '',
    '-',
    '-a',
    'ä',
    '€',
    '𝄞',
    'a\\b',
    'a\\x2db',
  ],
  ...[
    'a@b',
    '@',
    'a:b',
    'a_b',
    'a\nb',
    'a\tb',
    '/dev/sda',
    '/dev',
    '/sys/x',
    '/dev/',
    '/./dev/x',
    '//dev//x',
    '/dev/..',
  ],
  ...['/a/../b', '/a/./b', './a', 'a/.', '/.', '/..', '/a/..b', '~', '~/x', '%i', '$HOME', '*', 'foo*', '[a]', 'foo?'],
  ...['foo.service', 'foo@.service', 'foo@bar.service', '@x.service', '.service', 'service', 'foo.socket', 'foo.txt'],
  ...[
    'foo bar.service',
    'föö.service',
    'a/b.mount',
    '/a/b.mount',
    'a\\x',
    'a\\xzz',
    'a\\x2',
    '\\x2f',
    '\\x2e',
    'a\\x00b',
  ],
  ...['-a-b', 'a-', 'a--b', 'a\\x2e\\x2e', '\\xc3\\xa4', '\\xff', 'A-Z', 'foo@a-b.service', 'foo@a\\x2db.service'],
  ...['foo@.mount', 'foo@@.service', 'foo@a@b.service', 'other@a.service', 'foo@\\xff.service'],
  ...[246, 247, 248, 255, 256].map((count) => long('a', count)),
  ...[62, 63, 64, 254, 255, 256].map((count) => `/${long('ä', count)}`),
  `/${long('a', 200)}/${long('b', 200)}`,
  `/dev/${long('x', 249)}`,
  `foo@${long('x', 242)}.service`,
  `foo@${long('x', 243)}.service`,
];

const piece = fc.constantFrom(
  ...[
    'a',
    'b',
    'Z',
    '0',
    '/',
    '//',
    '-',
    '.',
    '..',
    '_',
    ':',
    '\\',
    '\\x2d',
    '\\x2f',
    '@',
    ' ',
    'ä',
    '€',
    '*',
    '[',
    '%',
    '.service',
    '.mount',
    '@.service',
    'dev/',
    '~',
  ],
);
const text = fc.array(piece, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));

const template = name('foo@.service');
const instance = (text: string | undefined): boolean =>
  text !== undefined && text !== '' && instantiate(template, text) !== undefined;
const own = (word: string): string | undefined => {
  const unit = parseUnitName(word);
  return unit === undefined ? undefined : instanceOf(unit);
};

/** Command lines, and which words they take, as far as we know. */
const heads: readonly (readonly [string, (word: string) => boolean])[] = [
  ['', () => true],
  ['--path', (word) => escapePath(word) !== undefined],
  ['--suffix=mount', () => true],
  ['--path --suffix=mount', (word) => escapePath(word) !== undefined],
  ['--template=foo@.service', (word) => instance(escapeName(word))],
  ['-p --template=foo@.service', (word) => instance(escapePath(word))],
  ['--unescape', (word) => unescapeName(word) !== undefined],
  ['-up', (word) => unescapePath(word) !== undefined],
  ['--unescape --instance', (word) => (own(word) ?? '') !== '' && unescapeName(own(word) ?? '') !== undefined],
  ['-u --path --instance', (word) => unescapePath(own(word) ?? '') !== undefined],
  ['--unescape --template=foo@.service', (word) => word.startsWith('foo@') && (own(word) ?? '') !== ''],
  ['--mangle', (word) => mangleUnitName(word) !== undefined],
];

// The first word that is refused ends the command: those are asked one by one.
for (const [line, takes] of heads)
  runnable(`systemd-escape ${line}`, async (t) => {
    const question = { tool: 'systemd-escape', head: line.split(' ').filter((word) => word !== '') } as const;
    const words = [...strings, ...made(text, 300)];
    await same(t, question, words.filter(takes));
    const refused = words.filter((word) => !takes(word));
    for (const word of refused.slice(0, 10)) await same(t, question, [word]);
  });

runnable('Options that do not go together, and what is missing', async (t) => {
  const lines = [
    '',
    '--suffix=x',
    '--suffix=',
    '--template=a',
    '--template=a@b.service',
    '--template=@.service',
    '-m --suffix=service',
    '-m --template=a@.service',
    '-u --suffix=service',
    '-p -m',
    '--instance',
    '-u --instance --template=a@.service',
    '--suffix=service --template=a@.service',
    '-i',
    '--foo',
    '--s',
    '--u',
    '-m -u',
    '-u -m',
  ];
  for (const line of lines) {
    const head = line.split(' ').filter((word) => word !== '');
    await same(t, { tool: 'systemd-escape', head }, ['a']);
    await same(t, { tool: 'systemd-escape', head }, []);
  }
});
