import { existsSync } from 'node:fs';
import test from 'ava';
import { execaSync } from 'execa';
import { allDirectives, findDirective, groupsOf, type Section } from '../../src/units/directives.ts';

const systemd = '/lib/systemd/systemd';

(existsSync(systemd) ? test : test.skip)('The table has the keys that systemd itself lists, and no other', (t) => {
  const known = new Map<string, Set<string>>();
  let section = '';
  for (const line of execaSync(systemd, ['--dump-configuration-items']).stdout.split('\n')) {
    const header = /^\[(.*)\]$/.exec(line);
    if (header !== null) section = header[1] ?? '';
    else if (line.includes('='))
      known.set(section, (known.get(section) ?? new Set()).add(line.slice(0, line.indexOf('='))));
  }
  for (const name of Object.keys(groupsOf) as Section[]) {
    const homes: readonly string[] = [name, ...groupsOf[name]];
    const ours = allDirectives().filter(({ home }) => homes.includes(home));
    t.deepEqual([...new Set(ours.map(({ key }) => key))].sort(), [...(known.get(name) ?? [])].sort(), name);
  }
});

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
