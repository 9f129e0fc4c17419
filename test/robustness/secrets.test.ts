// Credentials of services: who may read them, and how long they are there.
import test from 'ava';
import { bootRoom, type Room } from './room.ts';

let room: Room;

const directory = '/run/credentials/keeps.service';

test.before(async () => {
  room = await bootRoom({
    'keeps.service': [
      '[Service]',
      'Type=exec',
      'User=games',
      'Restart=always',
      'RestartSec=0',
      'SetCredential=word:fresh',
      'LoadCredential=file:/run/source',
      'ExecStart=/t/puppet keeps',
      '',
    ].join('\n'),
  });
  await room.run('install -d -m 1777 /run/puppet && echo first >/run/source && chmod 600 /run/source');
});

test.after.always(() => room.down());

/** As another user, who must not come in. */
const asOther = (command: string): string => `setpriv --reuid=daemon --regid=daemon --clear-groups sh -c '${command}'`;

test.serial(
  'What another container has left there is replaced, and only the unit’s user can read what is there',
  async (t) => {
    await room.ok(
      t,
      `install -d -m 755 /run/credentials && install -d -m 500 ${directory} && echo stale >${directory}/word`,
    );
    await room.ok(t, 'systemctl start keeps');
    t.is(await room.ok(t, `cat ${directory}/word ${directory}/file`), 'freshfirst\n');
    t.is(await room.ok(t, `stat -c "%U %a" ${directory} ${directory}/word`), 'games 500\ngames 400\n');
    t.not((await room.run(asOther(`cat ${directory}/word`))).status, 0);
    t.not((await room.run(asOther(`ls ${directory}`))).status, 0);
  },
);

test.serial(
  'Each run has its own, also after the main process was killed, and nothing is left after the last',
  async (t) => {
    await room.ok(t, 'echo second >/run/source');
    const pid = (await room.ok(t, 'systemctl show -P MainPID keeps')).trim();
    await room.ok(t, `kill -9 ${pid}; reach keeps NRestarts=1 SubState=running`);
    t.is(await room.ok(t, `cat ${directory}/file`), 'second\n');
    await room.ok(t, 'systemctl stop keeps');
    t.not((await room.run(`ls -d ${directory}`)).status, 0);
  },
);
