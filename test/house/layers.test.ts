import { globSync, readFileSync } from 'node:fs';

import test from 'ava';

import { layers } from '../../scripts/test/layers.ts';

test('Every test file is run by a layer, and by one', (t) => {
  const words = layers.flatMap((layer) => layer.commands().flatMap(({ args }) => args));
  const run = words.filter((word) => word.endsWith('.test.ts'));
  t.deepEqual(run.toSorted(), globSync('test/**/*.test.ts').sort());
});

test('Each invariant of ARCHITECTURE.md names a test that there is', (t) => {
  const [, section = ''] = readFileSync('ARCHITECTURE.md', 'utf8').split('## Invariants');
  const invariants = section.split(/^- /m).slice(1);
  t.true(invariants.length > 10);
  for (const invariant of invariants) {
    const tests = [...invariant.replace(/\s+/g, ' ').matchAll(/\[([^\]]+)\]\(((?:test|native)\/[^)]+)\)/g)];
    t.true(tests.length > 0, `names no test: ${invariant}`);
    for (const [, title = '', file = ''] of tests) {
      const text = readFileSync(file, 'utf8').replaceAll(/\\(['"])/g, '$1');
      t.true(text.includes(title), `${file} has no test of this title: ${title}`);
    }
  }
});
