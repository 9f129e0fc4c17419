import { globSync, readFileSync } from 'node:fs';

import test, { type ExecutionContext } from 'ava';

import { layers } from '../../scripts/test/layers.ts';

test('Every test file is run by a layer, and by one', (t) => {
  const words = layers.flatMap((layer) => layer.commands().flatMap(({ args }) => args));
  const run = words.filter((word) => word.endsWith('.test.ts'));
  t.deepEqual(run.toSorted(), globSync('test/**/*.test.ts').sort());
});

/** Each of these texts names tests, as [title](file), and they are there. */
function namesTests(t: ExecutionContext, texts: readonly string[]): void {
  t.true(texts.length > 10);
  for (const text of texts) {
    const tests = [...text.replace(/\s+/g, ' ').matchAll(/\[([^\]]+)\]\((?:\.\.\/)?((?:test|native)\/[^)]+)\)/g)];
    t.true(tests.length > 0, `names no test: ${text}`);
    for (const [, title = '', file = ''] of tests) {
      const source = readFileSync(file, 'utf8').replaceAll(/\\(['"])/g, '$1');
      t.true(source.includes(title), `${file} has no test of this title: ${title}`);
    }
  }
}

test('Each invariant of ARCHITECTURE.md names a test that there is', (t) => {
  const [, section = ''] = readFileSync('ARCHITECTURE.md', 'utf8').split('## Invariants');
  namesTests(t, section.split(/^- /m).slice(1));
});

test('Each hole that docs/robustness.md tells of names the test that it would fail', (t) => {
  const rows = readFileSync('docs/robustness.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'));
  namesTests(t, rows.slice(2));
});
