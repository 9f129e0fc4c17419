import test from 'ava';
import { service, told, world } from '../world.ts';

function check(unit: string, text: string): string {
  const stem = unit.replace(/@.*\./, '@.');
  return world({ [stem]: `[Unit]\nDescription=${text}\n[Service]\nExecStart=/bin/true\n` }).load(unit).common
    .description;
}

test('Names: %n %N %p %i %j, and unescaped %I %J %P', (t) => {
  t.is(check('a-b@c-d\\x2de.service', '%n %N %p %i %j'), 'a-b@c-d\\x2de.service a-b@c-d\\x2de a-b c-d\\x2de b');
  t.is(check('a-b@c-d\\x2de.service', '%I %J %P %f'), 'c/d-e b a/b /c/d-e');
  t.is(check('a.service', '[%i] %f'), '[] /a');
});

test('The machine: %H %l %m %v %a %o %w', (t) => {
  t.is(check('a.service', '%H %l %m %v %a %o %w'), 'box box 0123456789abcdef0123456789abcdef 6.1.0 x86-64 debian 12');
});

test('Directories and the manager’s user: %t %S %C %L %E %T %V %u %U %g %h %s', (t) => {
  t.is(check('a.service', '%t %S %C %L %E %T %V'), '/run /var/lib /var/cache /var/log /etc /scratch /scratch');
  t.is(check('a.service', '%u %U %g %G %h'), 'root 0 root 0 /root');
});

test('What later versions know is known: %D', (t) => {
  t.is(check('a.service', '%D'), '/usr/share');
});

test('Deprecated specifiers of control groups are what they are while files are read: %c %r %R', (t) => {
  t.is(check('a.service', '%c [%r] [%R]'), '/a.service [] []');
});

test('Behind a Slice= they name its groups, with those of slices around it', (t) => {
  const description = (name: string, lines: string): string =>
    world({ [name]: `[Service]\nExecStart=/bin/true\n${lines}\n` }).load(name).common.description;
  const asked = '[Unit]\nDescription=%c [%r] [%R]';
  t.is(description('a.service', `Slice=x-y.slice\n${asked}`), '/x.slice/x-y.slice/a.service [/x.slice/x-y.slice] []');
  t.is(description('a.service', `Slice=-.slice\n${asked}`), '/a.service [] []');
  t.is(description('a.service', `${asked}\n[Service]\nSlice=x.slice`), '/a.service [] []');
  t.is(description('memory.service', `Slice=cpu.slice\n${asked}`), '/_cpu.slice/_memory.service [/_cpu.slice] []');
});

test('%% is %, % before another character or at the end stays', (t) => {
  t.is(check('a.service', '%%n 5% %_x %'), '%n 5% %_x %');
});

test('An unknown specifier: fatal to a command, else the value is ignored', (t) => {
  t.is(check('a.service', 'a %z'), 'a.service');
  t.is(service('ExecStartPre=/bin/a %z').load, 'bad-setting');
  const ignored = service('Environment=A=%z B=2');
  t.deepEqual(ignored.service?.exec.environment, ['B=2']);
  t.deepEqual(told(ignored), ["3: Unknown specifier '%z' in 'A=%z'; ignored"]);
});

test('Lists of units know the specifiers of names and of the machine, not those of paths', (t) => {
  const unit = world({
    'a@.service': '[Unit]\nWants=%p-x.service %H-%i.service %t.service\n[Service]\nExecStart=/a',
  }).load('a@b.service');
  t.deepEqual(
    unit.dependencies.filter(({ kind }) => kind === 'Wants').map(({ on }) => on as string),
    ['a-x.service', 'box-b.service'],
  );
});
