import test from 'ava';
import fc from 'fast-check';
import {
  escapeName,
  escapePath,
  instanceOf,
  instantiate,
  isTemplate,
  mangleUnitName,
  nameOfPath,
  needsEscape,
  parseUnitName,
  prefixOf,
  templateOf,
  unescapeName,
  unescapePath,
} from '../../src/units/name.ts';
import { name } from './world.ts';

test('A name is a prefix of letters, digits and :-_.\\, perhaps @ and an instance, and a known suffix', (t) => {
  for (const good of [
    'a.service',
    'a-b_c.d:e.service',
    'x@.timer',
    'x@y.socket',
    'x@y@z.service',
    '-.mount',
    'a\\x2db.mount',
  ]) {
    t.is(parseUnitName(good), good as never, good);
  }
  for (const bad of [
    '',
    'a',
    '.service',
    '@x.service',
    'a b.service',
    'a/b.service',
    'a.txt',
    'a.service\n',
    'ä.service',
    '../a.service',
    'a\0.service',
  ]) {
    t.is(parseUnitName(bad), undefined, bad);
  }
});

test('A name has at most 255 bytes', (t) => {
  t.truthy(parseUnitName(`${'a'.repeat(247)}.service`));
  t.is(parseUnitName(`${'a'.repeat(248)}.service`), undefined);
  t.is(parseUnitName('a'.repeat(1_000_000)), undefined);
});

test('Words of JavaScript objects are names like any other', (t) => {
  for (const word of ['__proto__', 'constructor', 'toString']) {
    t.is(parseUnitName(word), undefined);
    t.truthy(parseUnitName(`${word}.service`));
  }
});

test('Prefix, instance and template are what stands around @', (t) => {
  t.is(prefixOf(name('a-b@c.service')), 'a-b');
  t.is(instanceOf(name('a-b@c.service')), 'c');
  t.is(instanceOf(name('a.service')), undefined);
  t.is(templateOf(name('a@b.service')), 'a@.service' as never);
  t.true(isTemplate(name('a@.service')));
  t.false(isTemplate(name('a@b.service')));
  t.is(instantiate(name('a@.service'), 'x/y'), undefined);
});

test('systemd-escape: / becomes -, other bytes become \\xHH', (t) => {
  t.is(escapeName('.a-b/c ä'), '\\x2ea\\x2db-c\\x20\\xc3\\xa4');
  t.is(escapePath('/'), '-');
  t.is(escapePath('/foo//bar-baz/./'), 'foo-bar\\x2dbaz');
  t.is(escapePath('/a/../b'), undefined);
  t.is(unescapeName('\\x2'), undefined);
  t.is(unescapePath('-'), '/');
  t.is(unescapePath('a-b'), '/a/b');
});

test('What was escaped unescapes to itself', (t) => {
  fc.assert(
    fc.property(fc.stringMatching(/^[!-~]*$/), (text) => {
      t.is(unescapeName(escapeName(text)), text);
    }),
  );
  t.pass();
});

test('Names, instances and paths come out of names as they went in', (t) => {
  const word = fc.stringMatching(/^[a-zA-Z0-9:_.\\-]{1,20}$/);
  const part = fc.stringMatching(/^[!-.0-~é]{1,10}$/).filter((each) => each !== '.' && each !== '..');
  fc.assert(
    fc.property(word, fc.stringMatching(/^[a-zA-Z0-9:_.@\\-]{1,20}$/), fc.array(part), (prefix, instance, parts) => {
      const template = parseUnitName(`${prefix}@.socket`) ?? t.fail();
      const name = instantiate(template, instance) ?? t.fail();
      t.deepEqual([prefixOf(name), instanceOf(name), templateOf(name)], [prefix, instance, template]);
      const path = `/${parts.join('/')}`;
      t.is(bytesOf(unescapePath(escapePath(path) ?? t.fail())), bytesOf(path));
    }),
  );
});

/** Bytes outside of ASCII come back one by one. */
function bytesOf(text: string | undefined): string {
  return (text ?? '').replaceAll('é', '\udcc3\udca9');
}

test('systemctl completes a word to a name', (t) => {
  t.is(mangleUnitName('ssh'), 'ssh.service' as never);
  t.is(mangleUnitName('ssh.socket'), 'ssh.socket' as never);
  t.is(mangleUnitName('/srv/x'), 'srv-x.mount' as never);
  t.is(mangleUnitName('/dev/sda'), 'dev-sda.device' as never);
  t.is(mangleUnitName('a b'), 'a\\x20b.service' as never);
  t.is(mangleUnitName('../etc/passwd'), '..-etc-passwd.service' as never);
  t.is(mangleUnitName('/etc/../x'), '-etc-..-x.service' as never);
  t.is(mangleUnitName(''), undefined);
  t.is(mangleUnitName('a'.repeat(300)), undefined);
});

test('Who typed a word that had to be escaped is told: not for a plain path, nor for what only lacks a suffix', (t) => {
  for (const word of ['a b', '../x', 'a/b', '/etc/../x', 'ä']) t.true(needsEscape(word), word);
  for (const word of ['a', 'a.b', '/srv/x', '/', 'a@b', 'a\\x20b']) t.false(needsEscape(word), word);
});

test('The unit of a path that is too long for a name ends in a hash of the whole', (t) => {
  const long = `/${'a'.repeat(200)}/${'b'.repeat(200)}`;
  t.is(nameOfPath(long, '.mount') as string, `${'a'.repeat(200)}-${'b'.repeat(31)}_2a84c6799aba49e4.mount`);
  // A hash whose highest bit is set.
  t.regex(mangleUnitName(`/${'ä'.repeat(63)}`) ?? '', /_6267ca27446c00da\.mount$/);
  t.is(nameOfPath('/srv/data', '.mount') as string, 'srv-data.mount');
  t.is(nameOfPath('/a/../b', '.mount'), undefined);
  t.is(nameOfPath(`/${'a'.repeat(256)}`, '.mount'), undefined);
});

test('Devices are what lies below /dev and /sys', (t) => {
  for (const [word, name] of [
    ['/dev/sda', 'dev-sda.device'],
    ['/sys/class', 'sys-class.device'],
    ['//dev//x', 'dev-x.device'],
    ['/dev', 'dev.mount'],
    ['/', '-.mount'],
  ] as const)
    t.is(mangleUnitName(word) as string, name);
});
