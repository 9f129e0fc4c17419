import test from 'ava';
import { world } from '../units/world.ts';

test('A quarter of a megabyte of anything is read in time', (t) => {
  const size = 1 << 18;
  for (const filler of [
    ' ',
    '\t',
    '\\',
    '"',
    "'",
    '%',
    '%%',
    '-',
    '/',
    'a',
    'a ',
    '= ',
    '\\x41',
    '[',
    ';',
    '; ',
    '1s ',
    '${',
    '~',
    '@',
    '.',
    ':',
    'é',
    '\n',
    '\\\n',
    'a\\\n',
  ]) {
    const text = filler.repeat(size / filler.length);
    for (const key of [
      'ExecStart',
      'Environment',
      'After',
      'Documentation',
      'SuccessExitStatus',
      'RestartSec',
      'User',
      'RuntimeDirectory',
      'ConditionPathExists',
    ]) {
      const begin = performance.now();
      const section = ['Description', 'After', 'Documentation', 'ConditionPathExists'].includes(key)
        ? 'Unit'
        : 'Service';
      world({ 'x.service': `[${section}]\n${key}=${text.slice(0, size - 100)}x` }).load('x.service');
      const took = performance.now() - begin;
      t.true(took < 5000, `${key}=${JSON.stringify(filler)}… took ${took.toFixed(0)} ms`);
    }
  }
});
