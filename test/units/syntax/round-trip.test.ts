// What is formatted is read as what it was: words, command lines, environments, whole files.
import test from 'ava';
import fc from 'fast-check';
import type { ExecCommand } from '../../../src/units/exec-model.ts';
import { formatCommandLine, keepDollars } from '../../../src/units/syntax/command-line-format.ts';
import { parseCommandLine } from '../../../src/units/syntax/command-line.ts';
import { formatEnvironmentFile, parseEnvironmentFile } from '../../../src/units/syntax/environment-file.ts';
import { formatEnvironment, formatFragment } from '../../../src/units/syntax/fragment-format.ts';
import { parseFragment } from '../../../src/units/syntax/fragment.ts';
import { formatWords } from '../../../src/units/syntax/word-format.ts';
import { extractWords, splitAtColons, type WordStyle } from '../../../src/units/syntax/words.ts';
import { substituteArguments } from '../../../src/manager/environment/substitute.ts';
import { service, world } from '../world.ts';

const pieces = [
  'a',
  'b',
  ' ',
  '\t',
  '"',
  "'",
  '\\',
  ';',
  '%',
  '%n',
  '$',
  '${A}',
  '=',
  ':',
  '-',
  '@',
  '+',
  '!',
  '/',
  '#',
  '[',
  ']',
  '.',
  'é',
  '😀',
];
/** What only C escapes can say. */
const odd = ['\n', '\r', '\x01', '\x7f', '\udcff', '\udc80', '\ufdd0', '\uffff', '\u{1fffe}', '\ufeff', '\u0085'];

const plainText = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join(''));
/** As reading makes it: bytes that are a character together are that character, so none of these may follow one another. */
const anyText = fc
  .array(fc.constantFrom(...pieces, ...odd), { maxLength: 8 })
  .map((parts) => parts.join('').replaceAll(/(\p{Surrogate})\p{Surrogate}+/gu, '$1'));

function expand(word: string) {
  const whole = word.replaceAll(/%([a-zA-Z0-9%])/g, (_, letter: string) => (letter === '%' ? '%' : `<${letter}>`));
  return { ok: true as const, text: whole };
}

test('Words are split as they were written, in every style, whatever is in them', (t) => {
  const check = (style: WordStyle, words: fc.Arbitrary<string>): void => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 4 }), (list) => {
        const text = formatWords(list, style);
        const read = style === 'colons' ? splitAtColons(text) : extractWords(text, style, false).words;
        t.deepEqual(read, list, text);
      }),
      { numRuns: 500 },
    );
  };
  check('unquote-unescape', anyText);
  check('colons', anyText);
  check('unquote', plainText);
  check('unquote-retain-escape', plainText);
  check(
    'plain',
    plainText.filter((word) => word !== ''),
  );
  check(
    'retain-escape',
    plainText.map((word) => `x${word.replaceAll(/[ \t]/g, '')}`),
  );
});

test('What needs no quotes is written without', (t) => {
  t.is(formatWords(['/bin/x', '--a=b:c', '%i', 'é', 'a;b'], 'unquote-unescape'), '/bin/x --a=b:c %i é a;b');
  t.is(
    formatWords(['', ';', 'a b', 'a"b', 'a\nb\udcff'], 'unquote-unescape'),
    String.raw`"" ";" "a b" "a\"b" "a\nb\xff"`,
  );
});

const fileName = fc.constantFrom('a', 'a b', '%i', 'é', ';', '$x', '=');
const command: fc.Arbitrary<ExecCommand> = fc
  .record({
    path: fc.oneof(
      fileName,
      fc.array(fileName, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`),
    ),
    name: fc.option(anyText, { nil: undefined }),
    rest: fc.array(anyText, { maxLength: 4 }),
    ignoreFailure: fc.boolean(),
    substitute: fc.boolean(),
    privilege: fc.constantFrom('none' as const, '+' as const, '!' as const, '!!' as const),
  })
  .map(({ path, name = path, rest, ...flags }) => ({ path, argv: [name, ...rest], ...flags }));

test('Commands are read as they are written, whatever their words', (t) => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 3 }), (commands) => {
      const text = formatCommandLine(commands);
      t.deepEqual(parseCommandLine(text, expand), { commands, problem: undefined, unknownEscape: false }, text);
    }),
    { numRuns: 2000 },
  );
});

test('Every command line that is read is read as the same when it is written again', (t) => {
  const line = fc.array(fc.constantFrom(...pieces, '/bin/a ', ' ; ', '\\x41', '\\ud800'), { maxLength: 14 });
  fc.assert(
    fc.property(line, (parts) => {
      const { commands } = parseCommandLine(parts.join(''), expand);
      t.deepEqual(parseCommandLine(formatCommandLine(commands), expand).commands, commands, parts.join(''));
    }),
    { numRuns: 5000 },
  );
});

test('A word whose dollars are kept reaches the process as it is', (t) => {
  fc.assert(
    fc.property(fc.array(anyText, { maxLength: 4 }), (words) => {
      t.deepEqual(
        substituteArguments(words.map(keepDollars), () => 'VALUE'),
        words,
      );
    }),
  );
});

const assignment = fc.tuple(fc.constantFrom('A', '_b', 'C1'), anyText).map(([name, value]) => `${name}=${value}`);
const ownNames = { selector: (text: string) => text.slice(0, text.indexOf('=')), maxLength: 3 };

test('Environment= and files of environments are read as they are written', (t) => {
  fc.assert(
    fc.property(fc.uniqueArray(assignment, ownNames), (environment) => {
      // systemd takes none that is not UTF-8.
      const taken = environment.filter((each) => !/\p{Surrogate}|\p{Noncharacter_Code_Point}/u.test(each));
      const unit = service(...(taken.length === 0 ? [] : [`Environment=${formatEnvironment(taken)}`]));
      t.deepEqual(unit.service?.exec.environment, taken);
      t.deepEqual(parseEnvironmentFile(formatEnvironmentFile(environment)), { environment, invalid: [] });
    }),
    { numRuns: 500 },
  );
});

test('A file is read as it is written, and no value begins a line', (t) => {
  const key = fc.constantFrom('Key', 'a b', '\ufeffa', 'X-é');
  const line = fc.record({ section: fc.constantFrom('Unit', 'Service', 'X-a'), key, value: plainText });
  const sections = new Set(['Unit', 'Service', 'X-a']);
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
      const expected = lines.map((each) => ({ ...each, value: each.value.replaceAll(/^[ \t]+|[ \t]+$/g, '') }));
      const { assignments, diagnostics, broken } = parseFragment('/x', formatFragment(lines), sections);
      t.deepEqual(
        assignments.map(({ section, key: name, value }) => ({ section, key: name, value })),
        expected,
      );
      t.deepEqual([diagnostics.length, broken], [0, false]);
    }),
    { numRuns: 1000 },
  );
  t.is(
    formatFragment([
      { section: 'Unit', key: 'Description', value: 'a\n[Service]\nUser=root\\' },
      { section: 'Service', key: 'ExecStart', value: '/bin/x' },
    ]),
    '[Unit]\nDescription=a [Service] User=root\\ \n\n[Service]\nExecStart=/bin/x\n',
  );
});

test('A unit file that is written is loaded as what was meant', (t) => {
  const argv = ['/usr/bin/a b', '%n', '$HOME', "it's", '"', 'ü\n', ';'];
  const start: ExecCommand = { path: '/usr/bin/a b', argv, ignoreFailure: true, substitute: false, privilege: '+' };
  const text = formatFragment([
    { section: 'Unit', key: 'Description', value: '100%% of \\' },
    { section: 'Service', key: 'Type', value: 'oneshot' },
    { section: 'Service', key: 'ExecStart', value: formatCommandLine([start, { ...start, ignoreFailure: false }]) },
    { section: 'Service', key: 'Environment', value: formatEnvironment(['A=%n "x" $y', 'B=']) },
  ]);
  const unit = world({ 'x.service': text }).load('x.service');
  t.deepEqual(unit.diagnostics, []);
  t.is(unit.common.description, '100% of \\');
  t.deepEqual(unit.service?.commands.ExecStart, [start, { ...start, ignoreFailure: false }]);
  t.deepEqual(unit.service?.exec.environment, ['A=%n "x" $y', 'B=']);
});
