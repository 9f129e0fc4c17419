import test from 'ava';
import fc from 'fast-check';
import { eachLine } from '../../../src/units/syntax/lines.ts';
import { openPlaces, type Part } from '../../../src/units/syntax/places.ts';

/** Each logical line's characters at the places that are said of them. */
function reread(text: string): readonly string[] {
  const physical = text.split('\n');
  const places = openPlaces(text);
  const found: string[] = [];
  eachLine(text, (line, number) => {
    let read = '';
    for (let offset = 0; offset < line.length; offset++) {
      const { line: at, column } = places.find(number, offset);
      read += physical[at - 1]?.charAt(column - 1) ?? '?';
    }
    found.push(read.replaceAll('\\', ' '));
    return true;
  });
  return found;
}

function check(text: string, number: number, part: Part): string {
  const { line, column } = openPlaces(text).part(number, part);
  return `${line}:${column}`;
}

test('A place is a physical line and a character in it, over continuations and the comments between', (t) => {
  const text = '[Unit]\n  After=a.service \\\n# comment\n\tb.service\\\n c.service\n';
  t.is(check(text, 2, 'key'), '2:3');
  t.is(check(text, 2, { offset: 0 }), '2:9');
  t.is(check(text, 2, { message: "Invalid 'b.service'; ignored" }), '4:2');
  t.is(check(text, 2, { message: "Invalid 'c.service'" }), '5:2');
});

test('What the message does not have in quotes, or has otherwise than it is written, is the value as a whole', (t) => {
  t.is(check('a = b', 1, { message: 'Bad' }), '1:5');
  t.is(check('a = "b\\x41"', 1, { message: "'bA' is bad" }), '1:5');
  t.is(check("a = it's b", 1, { message: "Invalid value 'it's b' of a=" }), '1:5');
});

test('A key that begins in a later physical line is there', (t) => {
  t.is(check('\\\n \\\n  a=b', 1, 'key'), '3:3');
});

test('Columns count characters, not what a mark of the byte order or a pair of surrogates takes', (t) => {
  t.is(check('\uFEFFa=😀 x', 1, { message: "'x'" }), '1:5');
});

test('Every character of a logical line is found where it stands', (t) => {
  const pieces = fc.constantFrom('a', '=', ' ', '\t', '\\', '\\\n', '\\\n#c\n', '\\\n;c\\\n', '\n', 'é');
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      const text = parts.join('');
      const lines: string[] = [];
      eachLine(text, (line) => lines.push(line.replaceAll('\\', ' ')) > 0);
      // The blank that stands for the last backslash of a file that ends so has no place of its own.
      t.deepEqual(
        reread(text).map((line) => line.trimEnd()),
        lines.map((line) => line.trimEnd()),
      );
    }),
    { numRuns: 2000 },
  );
  t.pass();
});
