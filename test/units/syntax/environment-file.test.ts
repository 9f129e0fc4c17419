import test from 'ava';
import fc from 'fast-check';
import { parseEnvironmentFile } from '../../../src/units/syntax/environment-file.ts';

function check(text: string): readonly string[] {
  return parseEnvironmentFile(text).environment;
}

test('Comments are only at the beginning of a line', (t) => {
  t.deepEqual(check('# a\n ; b\nA=1 # c\n'), ['A=1 # c']);
});

test('A comment goes on after a backslash at its end', (t) => {
  t.deepEqual(check('# a \\\nA=1\nB=2'), ['B=2']);
});

test('Blanks around the key and at the end of an unquoted value go', (t) => {
  t.deepEqual(check('  A =  x y  \nB=\n'), ['A=x y', 'B=']);
});

test('In an unquoted value a backslash keeps the next character and joins lines', (t) => {
  t.deepEqual(check('A=a\\ \\"b\\\\ \\\nc'), ['A=a "b\\ c']);
  t.deepEqual(check('A=a\\ '), ['A=a ']);
});

test('Quotes in the middle of an unquoted value are characters', (t) => {
  t.deepEqual(check(`A=a"b"'c'`), [`A=a"b"'c'`]);
});

test('Single quotes keep everything, lines too', (t) => {
  t.deepEqual(check("A='a\\n$b\nc'"), ['A=a\\n$b\nc']);
});

test('Double quotes know only \\" \\\\ \\` \\$ and an escaped end of line', (t) => {
  t.deepEqual(check('A="a\\"b\\\\c\\`\\$d\\n\\\ne"'), ['A=a"b\\c`$d\\ne']);
});

test('Quoted parts are joined, and with what follows them', (t) => {
  t.deepEqual(check(`A="quoted" trailing\nB='a'"b"`), ['A=quotedtrailing', 'B=ab']);
});

test('Lines without = and names that are none are dropped', (t) => {
  t.deepEqual(parseEnvironmentFile('foo\nexport A=1\n1B=2\nC-D=3\nE=4'), {
    environment: ['E=4'],
    invalid: ['export A', '1B', 'C-D'],
  });
});

test('Of a name given twice the last value counts', (t) => {
  t.deepEqual(check('A=1\nB=2\nA=3'), ['B=2', 'A=3']);
});

test('Any text is read to its end', (t) => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('A', '=', '"', "'", '\\', '\n', ' ', '#', '$', 'ä', '\0')), (parts) => {
      for (const assignment of check(parts.join(''))) t.regex(assignment, /^[A-Za-z_][A-Za-z0-9_]*=/);
    }),
  );
  t.pass();
});
