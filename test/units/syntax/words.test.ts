import test from 'ava';
import { extractWords, splitAtColons, type WordStyle } from '../../../src/units/syntax/words.ts';

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

test('Bytes that are written one by one make a character together where they are UTF-8', (t) => {
  t.deepEqual(check(String.raw`\xc3\xa9 \xf0\x9f\x98\x80\xff \xc3a \xe2\x82`), [
    'é',
    '😀\udcff',
    '\udcc3a',
    '\udce2\udc82',
  ]);
});

test('\\u takes halves of pairs as the bytes that they would have, \\U only what is a character', (t) => {
  t.deepEqual(check(String.raw`\ud800 \U0000d800 \uffff \U0000ffff`), [
    '\udced\udca0\udc80',
    '\\U0000d800',
    '\uffff',
    '\\U0000ffff',
  ]);
});

test('Where escapes are not relaxed an unknown one ends the words', (t) => {
  t.deepEqual(extractWords(String.raw`a b\q c`, 'unquote-unescape', false), {
    words: ['a'],
    complete: false,
    unknownEscape: false,
  });
});

test('Without quotes a backslash still keeps the next character', (t) => {
  t.deepEqual(check(String.raw`"a b\ c'`, 'plain'), ['"a', "b c'"]);
});

test('Quotes without escapes keep backslashes', (t) => {
  t.deepEqual(check(String.raw`"a\ b" c\ d`, 'unquote-retain-escape'), ['a\\ b', 'c\\', 'd']);
  t.is(check(String.raw`"a\"b"`, 'unquote-retain-escape'), 'unbalanced');
});

test('Parts between colons have quotes and escapes of their own; empty ones do not count', (t) => {
  t.deepEqual(splitAtColons(String.raw`:a\:b::"c:d"\x41:`), ['a:b', 'c:dA']);
  t.deepEqual(splitAtColons(':'), []);
  t.is(splitAtColons('a:"b'), undefined);
  t.is(splitAtColons(String.raw`a\q`), undefined);
});

test('A megabyte of words takes linear time', (t) => {
  t.is(extractWords('\\x41 "b" '.repeat(100_000), 'unquote-unescape').words.length, 200_000);
});
