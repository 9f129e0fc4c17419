import test from 'ava';
import { type Stage, stage } from './stage.ts';

const files = { 'a.service': '[Service]\nExecStart=/bin/a\n', 'm.service': '-> /dev/null' };
const override = '/etc/systemd/system/a.service.d/override.conf';

/** The client did the errand: what it wrote, and the status that it came to. */
async function after(own: Stage, command: string, text: string | undefined, status = 0) {
  const errand = own.errands.at(-1);
  const file = errand?.program.at(-1) ?? errand?.input ?? '';
  if (text !== undefined) own.host.memory.put(file, text);
  return own.run(command, { cursor: `${errand?.cursor ?? ''}\n${String(status)}` });
}

test('--stdin: the client writes what it reads to a new file beside, which then becomes the drop-in', async (t) => {
  const own = stage({ files });
  const command = 'systemctl edit --stdin a';
  await own.run(command);
  t.deepEqual(own.errands[0]?.program, []);
  t.regex(own.errands[0]?.input ?? '', /^\/etc\/systemd\/system\/a\.service\.d\/\.#override\.conf[0-9a-f]+$/);
  const said = await after(own, command, '\n[Service]\nUser=x\n\n');
  t.is(said.stderr, `Successfully installed edited file '${override}'.\n`);
  t.is(own.host.memory.text(override), '[Service]\nUser=x\n');
  t.deepEqual(own.host.readDirectory('/etc/systemd/system/a.service.d'), [{ name: 'override.conf', type: 'file' }]);
  t.deepEqual(own.asked, ['reload']);
});

test('Nothing written, or an editor that failed, changes nothing and leaves nothing behind', async (t) => {
  const own = stage({ files, terminal: true, environment: { TERM: 'dumb', EDITOR: 'ed -s' } });
  await own.run('systemctl edit --stdin a');
  const said = await after(own, 'systemctl edit --stdin a', ' \n');
  t.is(said.stderr, 'Stripped stdin content is empty, not writing file.\n');
  await own.run('systemctl edit a');
  t.deepEqual(own.errands[1]?.program.slice(0, 2), ['ed', '-s']);
  const failed = await after(own, 'systemctl edit a', undefined, 2);
  t.is(failed.status, 1);
  t.is(failed.stderr, '(editor) failed with exit status 2.\n');
  t.is(own.host.readDirectory('/etc/systemd/system/a.service.d'), 2 as never);
});

test('The editor sees the drop-in between two lines, and the unit below them; only what is between them counts', async (t) => {
  const own = stage({ files, terminal: true, environment: { TERM: 'dumb', VISUAL: 'ed' } });
  await own.run('systemctl edit a');
  const shown = own.host.memory.text(own.errands[0]?.program.at(-1) ?? '') ?? '';
  t.regex(shown, /\n### \/etc\/systemd\/system\/a\.service\n# \[Service\]\n# ExecStart=\/bin\/a\n$/);
  await after(own, 'systemctl edit a', shown.replace('\n\n', '\n\n[Service]\nNice=1\n'));
  t.is(own.host.memory.text(override), '[Service]\nNice=1\n');
  await own.run('systemctl edit --full a');
  t.is(own.host.memory.text(own.errands[1]?.program.at(-1) ?? ''), files['a.service']);
});

test('Without a choice the well-known editors are tried in turn', async (t) => {
  const own = stage({ files, terminal: true, environment: { TERM: 'dumb' } });
  await own.run('systemctl edit a');
  for (let tries = 1; tries < 4; tries++) await after(own, 'systemctl edit a', undefined, 127);
  t.deepEqual(
    own.errands.map(({ program }) => program[0]),
    ['editor', 'nano', 'vim', 'vi'],
  );
  t.regex((await after(own, 'systemctl edit a', undefined, 127)).stderr, /^Cannot edit units, no editor available\./);
});

test('What cannot be edited is told before anything is asked of the client', async (t) => {
  const own = stage({ files });
  t.regex((await own.run('systemctl edit a')).stderr, /^Cannot edit units if not on a tty\.\n.*\n.*--stdin UNIT/);
  t.is((await own.run('systemctl edit --stdin m')).stderr, 'Cannot edit m.service: unit is masked.\n');
  t.regex(
    (await own.run('systemctl edit --stdin none')).stderr,
    /^No files found for none\.service\.\nRun 'systemctl edit /,
  );
  t.regex((await own.run('systemctl edit --stdin --drop-in=x/y a')).stderr, /^Invalid drop-in file name/);
  own.host.memory.put(override, '[Service]\n');
  t.regex(
    (await own.run('systemctl edit --stdin --runtime a')).stderr,
    /^Refusing to create "\/run\/.*overridden by "\/etc/,
  );
  t.deepEqual(own.errands, []);
});

test('In a chroot, verbs for running units are passed over and those for files are carried out', async (t) => {
  const own = stage({ files: { ...files, '/proc/1/root/x': '' }, managed: false });
  t.deepEqual(await own.run('systemctl start a'), {
    status: 0,
    stdout: '',
    stderr: "Running in chroot, ignoring command 'start'\n",
  });
  t.is((await own.run('systemctl is-enabled a')).stdout, 'static\n');
  t.is((await own.run('systemctl is-system-running')).stdout, 'offline\n');
  const elsewhere = stage({ files, managed: false });
  t.regex((await elsewhere.run('systemctl start a')).stderr, /^System has not been booted with systemd/);
  const told = stage({ files, environment: { SYSTEMD_OFFLINE: '1' } });
  t.is((await told.run('systemctl daemon-reload')).status, 0);
  t.is((await told.run('systemctl mask b')).stderr, 'Created symlink /etc/systemd/system/b.service → /dev/null.\n');
  t.deepEqual(told.asked, []);
});

test('A name that only a script in /etc/init.d has is the distribution’s to enable', async (t) => {
  const own = stage({ files: { '/etc/init.d/old': '#!/bin/sh\n', '/usr/sbin/update-rc.d': '' } });
  const first = await own.run('systemctl enable old');
  t.is(
    first.stderr,
    'old.service is not a native service, redirecting to systemd-sysv-install.\nExecuting: update-rc.d old enable\n',
  );
  t.deepEqual(own.errands[0]?.program.slice(-3), ['sh', 'old', 'enable']);
  t.deepEqual(await own.run('systemctl enable old', { cursor: 'sysv\n0' }), { status: 0, stdout: '', stderr: '' });
  t.deepEqual(own.asked, ['reload']);
  t.is((await own.run('systemctl enable old', { cursor: 'sysv\n1' })).status, 1);
  t.is((await own.run('systemctl is-enabled old')).stdout, 'disabled\n');
  own.host.memory.link('/etc/rc5.d/S01old', '../init.d/old');
  t.is((await own.run('systemctl -q is-enabled old')).status, 0);
});
