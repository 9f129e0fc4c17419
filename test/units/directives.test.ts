import test from 'ava';
import { allDirectives, findDirective } from '../../src/units/directives.ts';
import { parseCapability } from '../../src/units/values/capability.ts';

test('A directive of a group is one of each section that has the group', (t) => {
  t.is(findDirective('Service', 'User'), findDirective('Socket', 'User'));
  t.is(findDirective('Unit', 'User'), undefined);
  t.is(findDirective('Timer', 'KillMode'), undefined);
});

test('Words of JavaScript objects are no directives', (t) => {
  for (const word of ['__proto__', 'constructor', 'toString']) t.is(findDirective('Service', word), undefined);
});

test('What is not carried out, or only with privileges, says why', (t) => {
  for (const directive of allDirectives()) {
    if (directive.status !== 'done') t.regex(directive.sentence, /\w{3}.*[^.]$/, directive.key);
  }
});

test('What works only with privileges names capabilities that there are', (t) => {
  const privileged = allDirectives().filter(({ status }) => status === 'works-if-privileged');
  t.true(privileged.length > 20);
  for (const directive of privileged) {
    for (const word of directive.needs.split(' ').filter((each) => each !== '')) {
      t.not(parseCapability(word), undefined, `${directive.key}: ${word}`);
    }
  }
});
