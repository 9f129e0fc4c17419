import { readFileSync } from 'node:fs';
import test from 'ava';
import { directivesPage } from '../../scripts/generate/directives.ts';
import { factsOf } from '../../src/units/directive-facts.ts';
import { allDirectives } from '../../src/units/directives.ts';

test('What documentation and D-Bus need is there for each directive of the table, and for no other', (t) => {
  const homes = new Set(allDirectives().map(({ home }) => home));
  for (const home of homes) {
    const keys = allDirectives().filter((directive) => directive.home === home);
    t.deepEqual([...factsOf(home).keys()].sort(), keys.map(({ key }) => key).sort(), home);
  }
  for (const { home, key } of allDirectives()) {
    const { signature, since } = factsOf(home).get(key) ?? t.fail(key);
    t.regex(signature, /^(?:[bitnqxsuy]|ay|a?as|aay|a?\([a-z()]+\))?$/, key);
    t.true(since === undefined || (since > 180 && since < 260), key);
  }
});

test('docs/directives.md is what the table says', (t) => {
  const page = readFileSync(new URL('../../docs/directives.md', import.meta.url), 'utf8');
  t.is(page, directivesPage(), 'npm run generate');
});
