import test from 'ava';
import { longestLine, splitLines, strip } from '../../../src/units/syntax/lines.ts';

function check(text: string): readonly string[] {
  const { texts, numbers } = splitLines(text);
  return texts.map((line, index) => `${numbers[index]} ${line}`);
}

test('Leading blanks go, empty lines and lines that begin with # or ; are no lines', (t) => {
  t.deepEqual(check('a=1\n  b=2\n\t# c\n;d\n\n e=3 # not a comment\n'), ['1 a=1', '2 b=2', '6 e=3 # not a comment']);
});

test('A backslash at the end joins the next line by one blank, its leading blanks kept', (t) => {
  t.deepEqual(check('a=1\\\n  2\\\n3\nb=4\n'), ['1 a=1   2 3', '4 b=4']);
});

test('A comment in the middle of a continuation is dropped and does not end it', (t) => {
  t.deepEqual(check('a=1\\\n# no\\\n;neither\n2\nb=3'), ['1 a=1 2', '5 b=3']);
});

test('An empty line ends a continuation, and so does the end of the file', (t) => {
  t.deepEqual(check('a=1\\\n\nb=2\\'), ['1 a=1 ', '3 b=2 ']);
});

test('An escaped backslash at the end does not continue', (t) => {
  t.deepEqual(check('a=1\\\\\nb=2\\\\\\\nc'), ['1 a=1\\\\', '2 b=2\\\\ c']);
});

test('CR, NUL and their pairs with newline end lines as a newline does', (t) => {
  t.deepEqual(check('a=1\r\nb=2\rc=3\0d=4\n\re=5'), ['1 a=1', '2 b=2', '3 c=3', '4 d=4', '5 e=5']);
});

test('A byte order mark at the beginning is skipped', (t) => {
  t.deepEqual(check('\uFEFF[Unit]\n'), ['1 [Unit]']);
});

test('A line that is not UTF-8 ends the reading, a comment may have any bytes', (t) => {
  t.deepEqual(splitLines('a=1\n# \udcff\nb=😀\nc=\udcff\nd=4\n'), {
    texts: ['a=1', 'b=😀'],
    numbers: [1, 3],
    bad: { kind: 'not-utf8', number: 4 },
  });
});

test('A line of 1 MiB ends the reading', (t) => {
  const { texts, bad } = splitLines(`a=1\nb=${'x'.repeat(longestLine)}\nc=2`);
  t.deepEqual(texts, ['a=1']);
  t.deepEqual(bad, { kind: 'too-long', number: 2 });
  t.is(splitLines('x\\\n'.repeat(longestLine / 2)).bad?.kind, 'too-long');
});

test('Only space, tab, CR and newline are blanks', (t) => {
  t.is(strip(' \ta\u00a0 \r'), 'a\u00a0');
  t.is(strip('   '), '');
});
