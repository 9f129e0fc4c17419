import test from 'ava';
import { allDirectives, findDirective } from '../../src/units/directives.ts';

test('A directive of a group is one of each section that has the group', (t) => {
  t.is(findDirective('Service', 'User'), findDirective('Socket', 'User'));
  t.is(findDirective('Unit', 'User'), undefined);
  t.is(findDirective('Timer', 'KillMode'), undefined);
});

test('Words of JavaScript objects are no directives', (t) => {
  for (const word of ['__proto__', 'constructor', 'toString']) t.is(findDirective('Service', word), undefined);
});

test('What is not carried out says why', (t) => {
  for (const directive of allDirectives()) {
    if (directive.status !== 'done') t.regex(directive.sentence, /\w{3}.*[^.]$/, directive.key);
  }
});
