import { readFileSync } from 'node:fs';
import test from 'ava';
import { reasons } from '../oracle-units/deliberate.ts';

test('docs/compatibility.md tells every reason why a property is not as systemd has it', (t) => {
  const text = readFileSync(new URL('../../docs/compatibility.md', import.meta.url), 'utf8');
  t.deepEqual(
    reasons.filter((reason) => !text.includes(`| ${reason} `)),
    [],
  );
});
