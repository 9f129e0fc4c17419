// What no recording of systemd 252 has: the descriptor store over the deaths of those who hold it, and what is newer.
import test from 'ava';
import { bootRoom, bystander, comesTo, keeperOf, type Room, standsFirm, withKilledManager } from './room.ts';

let room: Room;

const service = (name: string, ...settings: readonly string[]): string =>
  ['[Service]', 'Type=notify', `ExecStart=/t/puppet ${name} fds "notify READY=1"`, ...settings, ''].join('\n');

test.before(async () => {
  room = await bootRoom({
    'store.service': service('store', 'FileDescriptorStoreMax=4', 'Restart=always', 'RestartSec=0'),
    'pinned.service': service('pinned', 'FileDescriptorStoreMax=4', 'FileDescriptorStorePreserve=yes'),
    'other.service': service('other', 'FileDescriptorStoreMax=4'),
    'reload.service':
      '[Service]\nType=notify-reload\nReloadSignal=SIGUSR1\nTimeoutStartSec=60\nExecStart=/t/puppet reload "report USR1" "notify READY=1"\n',
    'direct.service':
      '[Unit]\nOnFailure=told.service\n[Service]\nType=notify\nRestart=always\nRestartMode=direct\nRestartSec=0\nExecStart=/bin/sh -c "test -e /run/second || { touch /run/second; exit 1; }; exec /t/puppet direct \'notify READY=1\'"\n',
    'told.service': '[Service]\nType=oneshot\nExecStart=/t/note told of a failure\n',
    'debug.service':
      '[Service]\nType=notify\nRestart=on-failure\nRestartMode=debug\nRestartSec=0\nLogLevelMax=err\nExecStart=/bin/sh -c "echo said $${DEBUG_INVOCATION:-nothing}; test -e /run/debugged || { touch /run/debugged; exit 1; }; exec /t/puppet debug \'notify READY=1\'"\n',
    'needs.service': '[Unit]\nRequires=direct.service\nAfter=direct.service\n[Service]\nExecStart=/t/puppet needs\n',
    'dirs.service':
      '[Service]\nType=oneshot\nRuntimeDirectory=dirs\nRuntimeDirectoryPreserve=yes\nStateDirectory=dirs\nCacheDirectory=dirs\nExecStart=/bin/true\n',
    'cold.service': '[Service]\nType=exec\nExecStart=/t/puppet cold "daemonize child" "pidfile /run/child.pid child"\n',
    'bystander.service': bystander,
  });
});

test.after.always(() => room.down());

const descriptors = async (t: Parameters<Room['ok']>[0], unit: string): Promise<string> =>
  (await room.ok(t, `systemctl show --value -p NFileDescriptorStore ${unit}`)).trim();

test.serial('What a service has stored comes back, whoever of init’s children is killed meanwhile', async (t) => {
  await room.ok(t, 'systemctl start store other');
  await room.ok(t, 'tell store "store one FDSTORE=1|FDNAME=a" && tell store "store pair FDSTORE=1|FDNAME=b"');
  await room.ok(t, 'tell other "store mine FDSTORE=1|FDNAME=c" && tell other barrier && tell store barrier');
  t.is(await descriptors(t, 'store'), '2');
  await withKilledManager(t, room);
  t.is(await descriptors(t, 'store'), '2', 'the next manager knows');
  process.kill(keeperOf(room, 'store.service').pid, 'SIGKILL');
  await room.ok(t, 'await /run/order.log "store 3 a: one"');
  await room.ok(t, 'reach store SubState=running NRestarts=1');
  // The other end of the pair died with the service.
  t.is(await descriptors(t, 'store'), '1');
  await withKilledManager(t, room);
  await room.ok(t, 'systemctl restart store other');
  await room.ok(t, 'await /run/order.log "store 3 a: one" 2 && await /run/order.log "other 3 c: mine"');
  await room.ok(t, 'systemctl stop store other');
  t.is(await descriptors(t, 'store'), '0', 'a stop that is no restart empties it');
  await standsFirm(t, room);
});

test.serial(
  'FileDescriptorStorePreserve=yes keeps it over a stop, until it is cleaned or nobody is at the other end',
  async (t) => {
    await room.ok(t, 'systemctl start pinned store');
    await room.ok(t, 'tell pinned "store one FDSTORE=1|FDNAME=a" && tell pinned "store two FDSTORE=1|FDNAME=b"');
    await room.ok(t, 'tell pinned barrier && systemctl stop pinned');
    t.is(
      await room.ok(t, 'systemctl show -p SubState -p ActiveState pinned'),
      'ActiveState=inactive\nSubState=dead-resources-pinned\n',
    );
    await withKilledManager(t, room);
    t.is(await descriptors(t, 'pinned'), '2');
    await room.ok(t, 'systemctl start pinned && await /run/order.log "pinned has 2 descriptors"');
    await room.ok(t, 'systemctl stop pinned && systemctl clean --what=fdstore pinned');
    t.is(await descriptors(t, 'pinned'), '0');
    await room.ok(t, 'systemctl start pinned && await /run/order.log "pinned has 0 descriptors" 2');
    await standsFirm(t, room);
  },
);

test.serial('Whatever is stored, init and the keepers have no descriptor more than the store says', async (t) => {
  await room.ok(t, 'systemctl stop other && systemctl start other');
  const keeper = keeperOf(room, 'other.service');
  // What watches over the store stays when it was made once.
  await room.ok(t, 'tell other "store pair FDSTORE=1|FDNAME=x" && tell other "notify FDSTOREREMOVE=1|FDNAME=x"');
  await room.ok(t, 'tell other hangup && tell other barrier');
  const before = keeper.descriptors();
  await room.write('/tmp/many', 'FDSTORE=1\nFDNAME=x');
  await room.write('/tmp/with-nul', 'FDSTORE=1\nX=\0');
  await room.ok(t, 'tell other send /tmp/many 253 && tell other send /tmp/with-nul 253 && tell other barrier');
  // All 253 are one and the same open socket.
  t.is(await descriptors(t, 'other'), '1');
  await room.ok(t, 'tell other "notify FDSTOREREMOVE=1|FDNAME=x" && tell other barrier');
  t.is(await descriptors(t, 'other'), '0');
  await room.ok(t, 'for i in 1 2 3 4 5 6 7; do tell other "store $i FDSTORE=1"; done; tell other barrier');
  t.is(await descriptors(t, 'other'), '4');
  await room.ok(t, 'tell other "notify FDSTOREREMOVE=1|FDNAME=stored" && tell other barrier');
  await comesTo(t, () => keeper.descriptors(), before, 'open descriptors');
  await standsFirm(t, room);
});

test.serial('Type=notify-reload: reload sends ReloadSignal= and returns at the READY=1 that answers it', async (t) => {
  await room.ok(t, 'systemctl start reload && systemctl reload --no-block reload');
  await room.ok(
    t,
    'await /run/order.log "reload got SIGUSR1" && reach reload SubState=reload-signal ActiveState=reloading',
  );
  await room.ok(t, 'tell reload "notify RELOADING=1|MONOTONIC_USEC=1" && reach reload SubState=reload-signal');
  await room.ok(
    t,
    'tell reload "notify RELOADING=1|MONOTONIC_USEC=999999999999999" && reach reload SubState=reload-notify',
  );
  await withKilledManager(t, room);
  await room.ok(t, 'tell reload "notify READY=1" && reach reload SubState=running ReloadResult=success');
  t.is(await room.ok(t, 'systemctl list-jobs --no-legend'), '');
});

test.serial(
  'RestartMode=direct: a start that fails and is tried again fails no start that needs it, and no OnFailure= unit comes',
  async (t) => {
    await room.ok(
      t,
      'systemctl start needs && reach needs ActiveState=active && reach direct NRestarts=1 SubState=running',
    );
    t.notRegex(await room.ok(t, 'order'), /told of a failure/);
  },
);

test.serial(
  'RestartMode=debug: what is restarted by itself is told so, and nothing that it says is left out',
  async (t) => {
    const debugs = async (): Promise<number> =>
      (await room.run('grep -qz DEBUG_INVOCATION=1 /proc/$(systemctl show --value -p MainPID debug)/environ')).status;
    const said = async (): Promise<readonly string[]> =>
      (await room.ok(t, 'journalctl -o cat -u debug')).split('\n').filter((line) => /^said|debug level/.test(line));
    await room.run('systemctl start debug');
    await room.ok(t, 'reach debug NRestarts=1 SubState=running');
    t.is(await debugs(), 0);
    await withKilledManager(t, room);
    const whole = [
      'debug.service: Service dead, subsequent restarts will be executed with debug level logging.',
      'said 1',
    ];
    t.deepEqual(await said(), whole);
    await room.ok(t, 'systemctl restart debug');
    t.is(await debugs(), 1, 'an operator’s restart is none of these');
    t.deepEqual(await said(), whole);
  },
);

test.serial('NOTIFYACCESS= changes who may store descriptors as well', async (t) => {
  await room.ok(t, 'systemctl restart other && tell other fork heir');
  const store = async (): Promise<string> => {
    await room.ok(t, 'tell heir "store mine FDSTORE=1|FDNAME=h" && tell other barrier');
    return descriptors(t, 'other');
  };
  const before = Number(await descriptors(t, 'other'));
  t.is(Number(await store()), before);
  await room.ok(t, 'tell other "notify NOTIFYACCESS=all"');
  t.is(Number(await store()), before + 1);
  await room.ok(t, 'tell other "notify NOTIFYACCESS=main"');
  t.is(Number(await store()), before + 1);
  await room.ok(t, 'systemctl stop other');
});

test.serial('systemctl kill --kill-value=: a real-time signal brings a value along', async (t) => {
  await room.ok(t, 'systemctl start bystander && tell bystander report RTMIN+2');
  await room.ok(t, 'systemctl kill --signal=RTMIN+2 --kill-value=-42 bystander');
  await room.ok(t, 'await /run/order.log "bystander got SIGRTMIN+2 with -42"');
  await room.ok(t, 'systemctl kill --signal=RTMIN+2 --kill-whom=main bystander');
  await room.ok(t, 'await /run/order.log "bystander got SIGRTMIN+2"');
  t.is((await room.run('systemctl kill --kill-value=1 bystander')).status, 1);
});

test.serial('systemctl clean removes directories of what is down, and says why it does not', async (t) => {
  await room.ok(t, 'systemctl start dirs && ls -d /run/dirs /var/lib/dirs /var/cache/dirs');
  await room.ok(t, 'systemctl clean dirs && ! ls -d /run/dirs && ! ls -d /var/cache/dirs && ls -d /var/lib/dirs');
  await room.ok(t, 'systemctl clean --what=all dirs && ! ls -d /var/lib/dirs');
  const refused: Readonly<Record<string, string>> = {
    'clean bystander': 'Failed to clean unit bystander.service: Unit is not inactive or has pending job.',
    'clean told': 'Failed to clean unit told.service: No matching resources found.',
    'clean --what=soup dirs': 'Failed to clean unit dirs.service: Invalid resource type: soup',
    'clean nowhere': 'Failed to clean unit nowhere.service: Unit nowhere.service not found.',
    'clean basic.target': "Failed to clean unit basic.target: Unit 'basic.target' does not support cleaning.",
    'freeze told': 'Failed to freeze unit told.service: Unit is inactive.',
    'thaw basic.target': "Failed to thaw unit basic.target: Unit 'basic.target' does not support freezing.",
    'set-property bystander CPUQuota': 'Not an assignment: CPUQuota',
  };
  await room.ok(t, 'systemctl start bystander');
  for (const [words, sentence] of Object.entries(refused))
    t.deepEqual(await room.run(`systemctl ${words}`), { status: 1, stdout: '', stderr: `${sentence}\n` });
});

test.serial(
  'systemctl freeze stops every process of the unit, over the manager’s death; thaw and stop let them go on',
  async (t) => {
    const states = async (): Promise<string> =>
      (
        await room.ok(
          t,
          'sed "s/.*) \\(.\\).*/\\1/" /proc/$(systemctl show --value -p MainPID cold)/stat /proc/$(cat /run/child.pid)/stat',
        )
      ).replaceAll('\n', '');
    await room.ok(t, 'systemctl start cold && tell child log child is up && systemctl freeze cold');
    t.is(await states(), 'TT');
    await withKilledManager(t, room);
    t.is(await room.ok(t, 'systemctl show --value -p FreezerState cold'), 'frozen\n');
    t.regex(await room.ok(t, 'systemctl status cold'), /active \(running\) \(frozen\) since/);
    await room.ok(t, 'systemctl thaw cold && tell child log child goes on');
    t.is(await room.ok(t, 'systemctl show --value -p FreezerState cold'), 'running\n');
    await room.ok(t, 'systemctl freeze cold && systemctl stop cold && ! kill -0 $(cat /run/child.pid) 2>/dev/null');
    t.is(await room.ok(t, 'systemctl show --value -p Result cold'), 'success\n');
  },
);
