import test from 'ava';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { allDirectives } from '../../src/units/directives.ts';
import { voiceProblem } from '../units/voice.ts';
import { world } from '../units/world.ts';

const folder = new URL('../oracle-units/units/', import.meta.url);
const seeds = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ name }) => readFileSync(new URL(name, folder), 'latin1'));
const keys = allDirectives().map(({ key }) => key);
const odd = [
  '"',
  "'",
  '\\',
  '%',
  '%z',
  '%i',
  ';',
  '=',
  '[',
  ']',
  '\n',
  '\r',
  '\0',
  ' ',
  '-',
  '@',
  '+',
  '!',
  ':',
  '~',
  '/',
  '..',
  '\udcff',
  '\uFEFF',
  '#',
  '$',
  'é',
  '😀',
  '99999999999999999999',
  'infinity',
  '\\x',
];

/** What an input may take; a regular expression that runs away takes far more. */
const longest = 500;

/** Loads the text as each kind of unit, and as a drop-in. */
function check(text: string): void {
  const begin = performance.now();
  const it = world({
    'x@.service': text,
    'x.socket': text,
    'x.target': text,
    'y.service': '[Service]\nExecStart=/a\n',
    'y.service.d/a.conf': text,
  });
  for (const name of ['x@i.service', 'x.socket', 'x.target', 'y.service']) {
    const unit = it.load(name);
    if (unit.load === 'bad-setting' || unit.load === 'error') {
      if (unit.loadError === '') throw new Error(`${name} does not load and does not say why`);
    }
    for (const { line, column, message } of unit.diagnostics) {
      const problem = line < 0 || column < 0 ? 'no place' : voiceProblem(message);
      if (problem !== undefined) throw new Error(`${message}: ${problem}`);
    }
  }
  const took = performance.now() - begin;
  if (took > longest) throw new Error(`took ${took.toFixed(0)} ms`);
}

test('No text makes loading throw or hang: mutations of real files', (t) => {
  const mutation = fc.record({ at: fc.nat(4000), remove: fc.nat(8), insert: fc.constantFrom(...odd, ...keys) });
  fc.assert(
    fc.property(fc.constantFrom(...seeds), fc.array(mutation, { minLength: 1, maxLength: 8 }), (seed, mutations) => {
      let text = seed;
      for (const { at, remove, insert } of mutations) {
        const place = at % (text.length + 1);
        text = text.slice(0, place) + insert + text.slice(place + remove);
      }
      check(text);
    }),
    { numRuns: 1500 },
  );
  t.pass();
});

test('No value of any directive makes loading throw or hang', (t) => {
  const value = fc
    .array(fc.oneof(fc.constantFrom(...odd), fc.string({ maxLength: 6 })), { maxLength: 8 })
    .map((parts) => parts.join(''));
  const assignment = fc.tuple(fc.constantFrom(...keys), value).map(([key, text]) => `${key}=${text}`);
  const section = fc.constantFrom('[Unit]', '[Service]', '[Socket]', '[Install]', '[X-Y]');
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 5, arbitrary: assignment }, section), { maxLength: 20 }), (lines) => {
      check(['[Service]', ...lines].join('\n'));
    }),
    { numRuns: 1500 },
  );
  t.pass();
});

test('A quarter of a megabyte of anything is read in time', (t) => {
  const size = 1 << 18;
  for (const filler of [
    ' ',
    '\t',
    '\\',
    '"',
    "'",
    '%',
    '%%',
    '-',
    '/',
    'a',
    'a ',
    '= ',
    '\\x41',
    '[',
    ';',
    '; ',
    '1s ',
    '${',
    '~',
    '@',
    '.',
    ':',
    'é',
    '\n',
    '\\\n',
    'a\\\n',
  ]) {
    const text = filler.repeat(size / filler.length);
    for (const key of [
      'ExecStart',
      'Environment',
      'After',
      'Documentation',
      'SuccessExitStatus',
      'RestartSec',
      'User',
      'RuntimeDirectory',
      'ConditionPathExists',
    ]) {
      const begin = performance.now();
      const section = ['Description', 'After', 'Documentation', 'ConditionPathExists'].includes(key)
        ? 'Unit'
        : 'Service';
      world({ 'x.service': `[${section}]\n${key}=${text.slice(0, size - 100)}x` }).load('x.service');
      const took = performance.now() - begin;
      t.true(took < 5000, `${key}=${JSON.stringify(filler)}… took ${took.toFixed(0)} ms`);
    }
  }
});
