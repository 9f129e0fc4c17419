import test from 'ava';
import { extractWords, type WordStyle } from '../../../src/units/syntax/words.ts';

function check(text: string, style: WordStyle = 'unquote-unescape'): readonly string[] | 'unbalanced' {
  const { words, complete } = extractWords(text, style);
  return complete ? words : 'unbalanced';
}

test('Words stand between blanks', (t) => {
  t.deepEqual(check(' a  b\tc '), ['a', 'b', 'c']);
  t.deepEqual(check(''), []);
});

test('Quotes may begin anywhere in a word, of either kind', (t) => {
  t.deepEqual(check(`a"b c"d 'e f'"g"`), ['ab cd', 'e fg']);
  t.deepEqual(check(`"" ''`), ['', '']);
  t.deepEqual(check(`"it's" 'say "x"'`), ["it's", 'say "x"']);
});

test('C escapes work outside and in both kinds of quotes', (t) => {
  t.deepEqual(check(String.raw`\x41\tb "\n" '\'' \101 \s \u00e4 \U0001f600`), ['A\tb', '\n', "'", 'A', ' ', 'ä', '😀']);
});

test('An escaped byte above 0x7f is that byte', (t) => {
  t.deepEqual(check(String.raw`\xff\303`), ['\udcff\udcc3']);
});

test('An unknown escape stays as it is written', (t) => {
  t.deepEqual(check(String.raw`\q "\q" \x4 \400 \x00`), ['\\q', '\\q', '\\x4', '\\400', '\\x00']);
  t.true(extractWords('\\q', 'unquote-unescape').unknownEscape);
});

test('An open quote is unbalanced; the words before it are there', (t) => {
  t.is(check('a "b'), 'unbalanced');
  t.deepEqual(extractWords(`a 'b`, 'unquote').words, ['a']);
  t.is(check('"a\\'), 'unbalanced');
});

test('Without escapes a backslash keeps the next character', (t) => {
  t.deepEqual(check(String.raw`a\ b \"`, 'unquote'), ['a b', '"']);
});

test('In lists of names quotes and backslashes are characters', (t) => {
  t.deepEqual(check(String.raw`a\x2db "c d"`, 'retain-escape'), ['a\\x2db', '"c', 'd"']);
});

test('A megabyte of words takes linear time', (t) => {
  t.is(extractWords('\\x41 "b" '.repeat(100_000), 'unquote-unescape').words.length, 200_000);
});
