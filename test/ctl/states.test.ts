import test from 'ava';

import { stage } from './stage.ts';

const files = { 'a.service': '[Service]\nExecStart=/bin/a\n', 'b.service': '[Service]\nExecStart=/bin/b\n' };
const active = { active: 'active', sub: 'running' } as const;
const failed = { active: 'failed', sub: 'failed' } as const;

test('is-active is 0 when any is active or reloading, else 3, and prints every state', async (t) => {
  const own = stage({ files, loaded: { 'a.service': active, 'b.service': failed } });
  t.deepEqual(await own.run('systemctl is-active b a nowhere'), {
    status: 0,
    stdout: 'failed\nactive\ninactive\n',
    stderr: '',
  });
  t.deepEqual(await own.run('systemctl is-active -q b'), { status: 3, stdout: '', stderr: '' });
  const reloading = stage({ files, loaded: { 'a.service': { active: 'reloading', sub: 'reload' } } });
  t.is((await reloading.run('systemctl is-active a')).status, 0);
});

test('is-failed is 0 when any has failed, else 1', async (t) => {
  const own = stage({ files, loaded: { 'a.service': active, 'b.service': failed } });
  t.is((await own.run('systemctl is-failed a b')).status, 0);
  t.is((await own.run('systemctl is-failed a')).status, 1);
});

test('is-system-running is 0 when running, else 1', async (t) => {
  t.deepEqual(await stage().run('systemctl is-system-running'), { status: 0, stdout: 'running\n', stderr: '' });
});

test('daemon-reexec waits for the next manager, which says that it is done', async (t) => {
  const own = stage();
  own.leave();
  t.is((await own.run('systemctl daemon-reexec')).status, 0);
  t.is((await own.run('systemctl daemon-reexec', { cursor: '' })).status, 0);
  t.deepEqual(own.asked, ['reexecute']);
});

test('verbs that only ask hand over what was typed', async (t) => {
  const own = stage({ files, loaded: { 'a.service': active } });
  for (const command of [
    'systemctl kill -s HUP --kill-whom=main a',
    'systemctl reset-failed',
    'systemctl reset-failed a',
    'systemctl daemon-reload',
    'systemctl cancel 7',
    'systemctl set-environment A=1 B=2',
    'systemctl unset-environment A',
    'systemctl poweroff',
    'systemctl exit 3',
  ])
    t.is((await own.run(command)).status, 0, command);
  t.deepEqual(own.asked, [
    'kill a.service main 1',
    'reset-failed all',
    'reset-failed a.service',
    'reload',
    'cancel 7',
    'environment A=1,B=2',
    'environment  A',
    'shutdown 0',
    'shutdown 3',
  ]);
});

test('show-environment quotes as a shell reads it', async (t) => {
  t.is((await stage().run('systemctl show-environment')).stdout, "A=$'b c'\nPATH=/bin\n");
});

test('enable makes the links, tells them on stderr and has the files read again; --now starts', async (t) => {
  const own = stage({
    files: {
      'a.service': '[Service]\nExecStart=/bin/a\n[Install]\nWantedBy=multi-user.target\n',
      'multi-user.target': '[Unit]\n',
    },
  });
  t.deepEqual(await own.run('systemctl enable --now a'), {
    status: 0,
    stdout: '',
    stderr: 'Created symlink /etc/systemd/system/multi-user.target.wants/a.service → /etc/systemd/system/a.service.\n',
  });
  t.deepEqual(own.asked, ['reload', 'start a.service']);
  t.is((await own.run('systemctl is-enabled a')).stdout, 'enabled\n');
  t.is(
    (await own.run('systemctl disable a')).stderr,
    'Removed "/etc/systemd/system/multi-user.target.wants/a.service".\n',
  );
  t.deepEqual(await own.run('systemctl is-enabled a'), { status: 1, stdout: 'disabled\n', stderr: '' });
});

test('a unit that does not exist is neither enabled nor disabled', async (t) => {
  const own = stage({ files });
  for (const verb of ['enable', 'disable']) {
    t.deepEqual(await own.run(`systemctl ${verb} nowhere`), {
      status: 1,
      stdout: '',
      stderr: `Failed to ${verb} unit: Unit file nowhere.service does not exist.\n`,
    });
  }
});

test('To mask and unmask a path names no unit, to enable one that is none is told', async (t) => {
  const own = stage({ files });
  for (const path of ['/', '../../etc/passwd', '/etc/systemd/system/a.service', './a.service']) {
    t.regex((await own.run(`systemctl mask ${path}`)).stderr, /^Failed to get properties: Unit name \S+ is neither/);
    t.regex((await own.run(`systemctl unmask ${path}`)).stderr, /^Failed to get properties: Unit name \S+ is neither/);
  }
  t.is((await own.run('systemctl enable /')).stderr, 'Failed to enable unit: File /: Invalid argument\n');
  t.is((await own.run('systemctl enable /etc/passwd')).status, 1);
});

test('files are served without a manager: an image is built so', async (t) => {
  const own = stage({
    managed: false,
    files: { 'a.service': '[Service]\nExecStart=/bin/a\n[Install]\nWantedBy=x.target\n', 'x.target': '[Unit]\n' },
  });
  t.is((await own.run('systemctl enable a')).status, 0);
  t.is((await own.run('systemctl is-enabled a')).stdout, 'enabled\n');
  t.is((await own.run('systemctl list-unit-files --no-legend a.service')).stdout, 'a.service enabled enabled\n');
  t.is((await own.run('systemctl cat a')).stdout.split('\n')[0], '# /etc/systemd/system/a.service');
});

test('What is wrong in [Install] is told by the manager where one runs, and by systemctl itself where none does', async (t) => {
  const files = { 'a.service': '[Service]\nExecStart=/bin/a\n[Install]\nFoo=1\nWantedBy=b.target\n' };
  const remark = "/etc/systemd/system/a.service:4: Unknown key 'Foo' in section [Install], ignoring.";
  const managed = stage({ files });
  t.false((await managed.run('systemctl enable a')).stderr.includes('Foo'));
  t.true(managed.asked.includes(`remark warning ${remark}`), managed.asked.join('\n'));
  t.true((await stage({ files, managed: false }).run('systemctl enable a')).stderr.startsWith(`${remark}\n`));
});
