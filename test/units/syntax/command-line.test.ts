import test from 'ava';
import { parseCommandLine } from '../../../src/units/syntax/command-line.ts';

function check(text: string): readonly string[] {
  const { commands, problem } = parseCommandLine(text, (word) =>
    word.includes('%!') ? { ok: false, specifier: '%!' } : { ok: true, text: word.replaceAll('%n', 'x.service') },
  );
  const shown = commands.map(({ path, argv, ignoreFailure, substitute, privilege }) => {
    const flags = `${ignoreFailure ? '-' : ''}${substitute ? '' : ':'}${privilege === 'none' ? '' : privilege}`;
    return `${flags}${path}|${argv.join('|')}`;
  });
  return problem === undefined ? shown : [...shown, `${problem.fatal ? 'fatal' : 'told'}: ${problem.message}`];
}

test('The first word is the path and argv[0], specifiers are expanded after unquoting', (t) => {
  t.deepEqual(check('/bin/a "b c" %n'), ['/bin/a|/bin/a|b c|x.service']);
});

test('Prefixes come in any order, each once; + ! and !! exclude each other', (t) => {
  t.deepEqual(check('-:+/bin/a'), ['-:+/bin/a|/bin/a']);
  t.deepEqual(check('!!-/bin/a'), ['-!!/bin/a|/bin/a']);
  t.deepEqual(check('!-:/bin/a'), ['-:!/bin/a|/bin/a']);
  t.deepEqual(check('--/bin/a'), ["told: Neither a valid executable name nor an absolute path: '-/bin/a'"]);
  t.deepEqual(check('+!/bin/a'), ["fatal: Neither a valid executable name nor an absolute path: '!/bin/a'"]);
});

test('@ takes argv[0] from the next word', (t) => {
  t.deepEqual(check('@/bin/a name b'), ['/bin/a|name|b']);
  t.deepEqual(check('@/bin/a "" b'), ['/bin/a||b']);
  t.deepEqual(check('@/bin/a'), ['fatal: Missing name for the command after its path']);
});

test('A lone ; separates commands; escaped, quoted or in a word it is a character', (t) => {
  t.deepEqual(check('/bin/a ; -/bin/b x;y'), ['/bin/a|/bin/a', '-/bin/b|/bin/b|x;y']);
  t.deepEqual(check(String.raw`/bin/a \; ";" ';'`), ['/bin/a|/bin/a|;|;|;']);
  t.deepEqual(check('/bin/a ;'), ['/bin/a|/bin/a']);
});

test('Where a command would begin even a quoted ; separates, and none is between two', (t) => {
  t.deepEqual(check('; /bin/a ; ; /bin/b'), ['/bin/a|/bin/a', '/bin/b|/bin/b']);
  t.deepEqual(check('";" /bin/a ; \';\' /bin/b ";"'), ['/bin/a|/bin/a', '/bin/b|/bin/b|;']);
  t.deepEqual(check(' ; ;'), []);
  t.deepEqual(check('\\; a'), ["fatal: Executable name contains special characters: '\\;'"]);
});

test('The path is absolute or a bare file name, and no directory', (t) => {
  t.deepEqual(check('kill -HUP'), ['kill|kill|-HUP']);
  t.deepEqual(check('/bin//a'), ['/bin/a|/bin//a']);
  t.deepEqual(check('bin/a'), ["fatal: Neither a valid executable name nor an absolute path: 'bin/a'"]);
  t.deepEqual(check('/bin/'), ["fatal: Executable name specifies a directory: '/bin/'"]);
  t.deepEqual(check('"" x'), ['fatal: Empty path in command line']);
  t.deepEqual(check('-/bin/'), ["told: Executable name specifies a directory: '/bin/'"]);
});

test('An open quote and an unknown specifier are fatal without -', (t) => {
  t.deepEqual(check('/bin/a "b'), ['fatal: Unbalanced quoting']);
  t.deepEqual(check('-/bin/a "b'), ['told: Unbalanced quoting']);
  t.deepEqual(check('/bin/a %!'), ["fatal: Unknown specifier '%!' in '%!'"]);
});

test('$ stays for the time of the start', (t) => {
  t.deepEqual(check("/bin/a $A ${B} '$C'"), ['/bin/a|/bin/a|$A|${B}|$C']);
});
