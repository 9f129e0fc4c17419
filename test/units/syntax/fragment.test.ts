import test from 'ava';
import { parseFragment } from '../../../src/units/syntax/fragment.ts';

const sections = new Set(['Unit', 'Service']);

function check(text: string): {
  readonly assignments: readonly string[];
  readonly told: readonly string[];
  readonly broken: boolean;
} {
  const { assignments, diagnostics, broken } = parseFragment('/x', text, sections);
  return {
    assignments: assignments.map(({ section, key, value, line }) => `${line} ${section}.${key}=${value}`),
    told: diagnostics.map(({ line, message }) => `${line} ${message}`),
    broken,
  };
}

test('A line is split at its first =, blanks around both parts go', (t) => {
  t.deepEqual(check('[Unit]\n a  =  b = c  \nd=\n').assignments, ['2 Unit.a=b = c', '3 Unit.d=']);
});

test('An unknown section is told and skipped until the next, an X- section is skipped in silence', (t) => {
  t.deepEqual(check('[Foo]\na=1\n[X-Foo]\nb=2\n[Unit]\nc=3'), {
    assignments: ['6 Unit.c=3'],
    told: ["1 Unknown section 'Foo'; section ignored"],
    broken: false,
  });
});

test('An assignment before any section is told and ignored', (t) => {
  t.deepEqual(check('a=1\n[Unit]\nb=2'), {
    assignments: ['3 Unit.b=2'],
    told: ['1 Assignment outside of section; line ignored'],
    broken: false,
  });
});

test('A line without = or without a key is told and ignored', (t) => {
  t.deepEqual(check('[Unit]\nfoo\n=bar\n').told, [
    "2 Missing '='; line ignored",
    "3 Missing key before '='; line ignored",
  ]);
});

test('A header without ] ends the reading: the file cannot be loaded', (t) => {
  const { assignments, told, broken } = check('[Unit]\na=1\n[Serv\nb=2');
  t.deepEqual(assignments, ['2 Unit.a=1']);
  t.deepEqual(told, ["3 Invalid section header '[Serv'; the rest of the file is ignored"]);
  t.true(broken);
});

test('A header with a quote, a backslash or a control character ends the reading too, with others it does not', (t) => {
  for (const bad of ['a"b', "X-a'b", 'a\\b', 'a\tb', 'a\x7fb']) t.true(check(`[${bad}]`).broken, bad);
  for (const odd of ['', ' Unit ', 'é', '[', 'a]', 'a\u0085']) t.false(check(`[${odd}]`).broken, odd);
});
