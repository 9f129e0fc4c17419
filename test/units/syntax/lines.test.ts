import test from 'ava';
import { eachLine, longestLine, strip } from '../../../src/units/syntax/lines.ts';

function read(text: string): { readonly lines: readonly string[]; readonly bad: string | undefined } {
  const lines: string[] = [];
  const bad = eachLine(text, (line, number) => {
    lines.push(`${number} ${line}`);
    return line !== 'STOP';
  });
  return { lines, bad: bad === undefined ? undefined : `${bad.kind} ${bad.number}:${bad.offset}` };
}

function check(text: string): readonly string[] {
  return read(text).lines;
}

test('Leading blanks go, empty lines and lines that begin with # or ; are no lines', (t) => {
  t.deepEqual(check('a=1\n  b=2\n\t# c\n;d\n\n e=3 # not a comment\n'), ['1 a=1', '2 b=2', '6 e=3 # not a comment']);
});

test('A backslash at the end joins the next line by one blank, its leading blanks kept', (t) => {
  t.deepEqual(check('a=1\\\n  2\\\n3\nb=4\n'), ['1 a=1   2 3', '4 b=4']);
});

test('Blanks before the first character of a continued line go, even over several of its parts', (t) => {
  t.deepEqual(check('\\\n \\\n  a=1\n\\\n\\\n\nb=2'), ['1 a=1', '7 b=2']);
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

test('The first byte order mark that begins a line is skipped, wherever it is, and only that one', (t) => {
  t.deepEqual(check('\uFEFF[Unit]\n\uFEFFa'), ['1 [Unit]', '2 \uFEFFa']);
  t.deepEqual(check('a=1\\\n\uFEFF b\nc=2'), ['1 a=1  b', '3 c=2']);
  t.deepEqual(check(' \uFEFFa\n'), ['1 \uFEFFa']);
});

test('What follows a byte order mark is no comment', (t) => {
  t.deepEqual(check('\uFEFF# a\n#b'), ['1 # a']);
});

test('A line that is not UTF-8 ends the reading, a comment may have any bytes', (t) => {
  t.deepEqual(read('a=1\n# \udcff\nb=😀\nc= \udcff\nd=4\n'), { lines: ['1 a=1', '3 b=😀'], bad: 'not-utf8 4:3' });
  t.deepEqual(read('a=1\\\n \udcff\\\nb'), { lines: [], bad: 'not-utf8 2:1' });
});

test('Who takes the lines may end the reading', (t) => {
  t.deepEqual(read('a\n STOP\nb'), { lines: ['1 a', '2 STOP'], bad: 'refused 2:1' });
  t.deepEqual(read('a\\\n\n STOP\nb'), { lines: ['1 a ', '3 STOP'], bad: 'refused 3:1' });
});

test('A line of 1 MiB ends the reading, a shorter one does not', (t) => {
  const ofBytes = (length: number, character = 'x'): string => `b=${character.repeat(length - 2)}`;
  t.is(read(`a=1\n${ofBytes(longestLine)}\nc=2`).bad, 'too-long 2:0');
  t.is(read(`a=1\n${ofBytes(longestLine - 1)}\nc=2`).bad, undefined);
  t.is(read(`#${'x'.repeat(longestLine)}\n`).bad, 'too-long 1:0');
  t.is(read(ofBytes(longestLine / 2 + 1, 'é')).bad, 'too-long 1:0');
  t.is(read(ofBytes(longestLine / 2, 'é')).bad, undefined);
});

test('Joined lines may have 1 MiB together, and no more', (t) => {
  const half = `${'x'.repeat(longestLine / 2 - 1)}\\\n`;
  t.is(read(`${half}${half}\n`).bad, undefined);
  t.is(read(`${half}${half}x\n`).bad, 'too-long 3:0');
  t.is(read('x\\\n'.repeat(longestLine / 2 + 1)).bad, `too-long ${longestLine / 2 + 1}:0`);
});

test('A file may have any number of lines', (t) => {
  t.is(read('a=1\n'.repeat(longestLine)).lines.length, longestLine);
});

test('Only space, tab, CR and newline are blanks', (t) => {
  t.is(strip(' \ta\u00a0 \r'), 'a\u00a0');
  t.is(strip('   '), '');
});
