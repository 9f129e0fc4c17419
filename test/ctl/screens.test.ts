/** What systemctl 252.38 (Debian 12) printed for the same units; times and pids apart. */
import test from 'ava';

import type { KeeperId, Pid } from '../../src/manager/state.ts';
import { line } from '../journal/journal.ts';
import { begin, service, stage, stamp } from './stage.ts';

const files = {
  'app.service':
    '[Unit]\nDescription=My app\nDocumentation=man:app(8)\n[Service]\nExecStart=/bin/sh -c "x; y"\n[Install]\nWantedBy=multi-user.target\n',
  'bad.service': '[Service]\nType=oneshot\nExecStart=/bin/false\n',
  'basic.target': '[Unit]\nDescription=basic\n',
  'm.service': '-> /dev/null',
};

const never = stamp(-1_800_000_000);
const stamps = { inactiveExit: never, activeEnter: never, activeExit: never, inactiveEnter: never, stateChange: never };
const run = { pid: 56 as Pid, started: stamp(-1), ended: stamp(-1), end: { code: 'exited', status: 1 } } as const;

const loaded = {
  'bad.service': {
    active: 'failed',
    sub: 'failed',
    service: service({ sub: 'failed', result: 'exit-code', runs: { ExecStart: [run] }, mainRun: run }),
    stamps: { ...stamps, inactiveEnter: stamp(-3) },
  },
  'app.service': {
    active: 'active',
    sub: 'running',
    service: service({
      sub: 'running',
      main: { kind: 'runs', phase: 'ExecStart', index: 0, pid: 50 as Pid },
      keeper: 1 as KeeperId,
    }),
    stamps: { ...stamps, inactiveExit: stamp(-64), activeEnter: stamp(-64) },
    keepers: [40],
  },
  'basic.target': { active: 'active', sub: 'active' },
  'm.service': {},
} as const;

const proc = {
  '/proc/40/task/40/children': '50 ',
  '/proc/50/task/50/children': '52 51 ',
  '/proc/51/task/51/children': '',
  '/proc/52/task/52/children': '',
  '/proc/50/comm': 'sh\n',
  '/proc/50/cmdline': '/bin/sh\0-c\0echo hello; sleep 1001\0',
  '/proc/51/cmdline': 'sleep\x001000\0',
  '/proc/52/cmdline': 'sleep\x001001\0',
};

test('status of a running service: processes below the keeper, not the keeper', async (t) => {
  const { status, stdout } = await stage({ files: { ...files, ...proc }, loaded }).run('systemctl status app');
  t.is(status, 0);
  t.is(
    stdout,
    `● app.service - My app
     Loaded: loaded (/etc/systemd/system/app.service; disabled; preset: enabled)
     Active: active (running) since Wed 2025-12-31 23:58:56 UTC; 1min 4s ago
       Docs: man:app(8)
   Main PID: 50 (sh)
     CGroup: /system.slice/app.service
             ├─50 /bin/sh -c "echo hello; sleep 1001"
             ├─51 sleep 1000
             └─52 sleep 1001
`,
  );
});

test('status of a failed service: 3, its result and how its processes ended', async (t) => {
  const { status, stdout } = await stage({ files, loaded }).run('systemctl status bad');
  t.is(status, 3);
  t.is(
    stdout,
    `× bad.service
     Loaded: loaded (/etc/systemd/system/bad.service; static)
     Active: failed (Result: exit-code) since Wed 2025-12-31 23:59:57 UTC; 3s ago
    Process: 56 ExecStart=/bin/false (code=exited, status=1/FAILURE)
   Main PID: 56 (code=exited, status=1/FAILURE)
`,
  );
});

test('status in colours', async (t) => {
  const { stdout } = await stage({ files, loaded, environment: { SYSTEMD_COLORS: '1' } }).run(
    'systemctl status bad app',
  );
  const visible = stdout.replaceAll('\u001b', '^');
  t.true(visible.startsWith('^[0;1;31m×^[0m bad.service\n'));
  t.true(visible.includes('     Active: ^[0;1;31mfailed^[0m (Result: exit-code) since'));
  t.true(visible.includes('ExecStart=/bin/false ^[0;1;31m(code=exited, status=1/FAILURE)^[0m\n'));
  t.true(visible.includes('\n^[0;1;32m●^[0m app.service - My app\n'));
  t.true(visible.includes('; ^[0;1;38;5;185mdisabled^[0m; preset: ^[0;1;32menabled^[0m)'));
});

test('status of a masked unit is 3, of none 4', async (t) => {
  const own = stage({ files, loaded });
  t.deepEqual(await own.run('systemctl status m'), {
    status: 3,
    stdout: '○ m.service\n     Loaded: masked (Reason: Unit m.service is masked.)\n     Active: inactive (dead)\n',
    stderr: '',
  });
  t.deepEqual(await own.run('systemctl status nowhere'), {
    status: 4,
    stdout: '',
    stderr: 'Unit nowhere.service could not be found.\n',
  });
});

test('status ends with the lines since the unit was started, as many as -n says', async (t) => {
  const log = [-100, -63, -62, -61].map((at) => line(begin + at * 1_000_000, `at ${at}`, { pid: 50 })).join('');
  const own = stage({ files: { ...files, '/var/log/pidone/app.service/current': log }, loaded });
  t.true(
    (await own.run('systemctl status app')).stdout.endsWith(
      '\n\nDec 31 23:58:57 box app[50]: at -63\nDec 31 23:58:58 box app[50]: at -62\nDec 31 23:58:59 box app[50]: at -61\n',
    ),
  );
  t.true((await own.run('systemctl status -n1 app')).stdout.endsWith('50\n\nDec 31 23:58:59 box app[50]: at -61\n'));
  t.false((await own.run('systemctl status -n0 app')).stdout.includes('box'));
});

test('what a unit asks for and does not get is told in status, with the reason', async (t) => {
  const text = '[Service]\nExecStart=/bin/x\nUtmpIdentifier=x\nUtmpMode=login\n';
  const { stdout } = await stage({
    files: { 'x.service': text },
    loaded: { 'x.service': { notices: ['Nice=-5: not permitted here'] } },
  }).run('systemctl status x');
  t.regex(stdout, /^ {4}Skipped: Nice=-5: not permitted here\n {13}UtmpIdentifier= UtmpMode= \(.+\)$/m);
});

const legend = `
LOAD   = Reflects whether the unit definition was properly loaded.
ACTIVE = The high-level unit activation state, i.e. generalization of SUB.
SUB    = The low-level unit activation state, values depend on unit type.
`;

test('list-units: by type, then by name; a dot for what failed; without what is inactive', async (t) => {
  const { stdout } = await stage({ files, loaded }).run('systemctl');
  t.is(
    stdout,
    `  UNIT         LOAD   ACTIVE SUB     DESCRIPTION
  app.service  loaded active running My app
● bad.service  loaded failed failed  bad.service
  basic.target loaded active active  basic
${legend}3 loaded units listed. Pass --all to see loaded but inactive units, too.
To show all installed unit files use 'systemctl list-unit-files'.
`,
  );
});

test('list-units --failed and --state= leave the hints out', async (t) => {
  const { stdout } = await stage({ files, loaded }).run('systemctl list-units --failed');
  t.is(
    stdout,
    `  UNIT        LOAD   ACTIVE SUB    DESCRIPTION\n● bad.service loaded failed failed bad.service\n${legend}1 loaded units listed.\n`,
  );
});

test('list-units without a match still has its titles', async (t) => {
  t.is(
    (await stage({ files, loaded }).run('systemctl list-units zzz*')).stdout,
    `  UNIT LOAD ACTIVE SUB DESCRIPTION\n0 loaded units listed. Pass --all to see loaded but inactive units, too.\nTo show all installed unit files use 'systemctl list-unit-files'.\n`,
  );
});

test('list-units in colours underlines titles and the last of a type', async (t) => {
  const { stdout } = await stage({ files, loaded, environment: { SYSTEMD_COLORS: '1' } }).run('systemctl list-units');
  const [title = '', app = '', bad = ''] = stdout.replaceAll('\u001b', '^').split('\n');
  t.is(
    title,
    '^[0m^[0;4m ^[0m^[0m^[0;4m UNIT        ^[0m^[0m^[0;4m LOAD  ^[0m^[0m^[0;4m ACTIVE^[0m^[0m^[0;4m SUB    ^[0m^[0m^[0;4m DESCRIPTION^[0m',
  );
  t.is(app, '  app.service  loaded active running My app');
  t.true(bad.startsWith('^[0;1;31m^[0;4m●^[0m^[0;1;31m^[0;4m ^[0m^[0;1;31m^[0;4mbad.service '));
});

test('list-jobs: "1 jobs listed", and "No jobs running." without', async (t) => {
  const job = { id: 7 as never, unit: 'a.service' as never, type: 'start', state: 'waiting' } as const;
  t.is(
    (await stage({ jobs: [job] }).run('systemctl list-jobs')).stdout,
    'JOB UNIT      TYPE  STATE\n7   a.service start waiting\n\n1 jobs listed.\n',
  );
  t.is((await stage().run('systemctl list-jobs')).stdout, 'No jobs running.\n');
});

test('list-dependencies opens targets, and --plain names each unit once', async (t) => {
  const tree = {
    'top.target': '[Unit]\nDefaultDependencies=no\nWants=mid.target a.target z.target\n',
    'mid.target': '[Unit]\nDefaultDependencies=no\nWants=leaf.target z.target\n',
    'a.target': '[Unit]\nDefaultDependencies=no\nWants=leaf.target\n',
    'leaf.target': '[Unit]\nDefaultDependencies=no\n',
    'z.target': '[Unit]\nDefaultDependencies=no\n',
  };
  const up = { active: 'active', sub: 'active' } as const;
  const all = Object.fromEntries(Object.keys(tree).map((name) => [name, up]));
  const own = stage({ files: tree, loaded: all });
  t.is(
    (await own.run('systemctl list-dependencies top.target')).stdout,
    `top.target
● ├─a.target
● │ └─leaf.target
● ├─mid.target
● │ ├─leaf.target
● │ └─z.target
● └─z.target
`,
  );
  t.is(
    (await own.run('systemctl list-dependencies --plain top.target')).stdout,
    'top.target\n  a.target\n  leaf.target\n  mid.target\n  z.target\n',
  );
});

test('show prints in the order of the bus, whatever the order asked for', async (t) => {
  const own = stage({ files, loaded });
  t.is(
    (await own.run('systemctl show app -p Id -p MainPID,Type -p NoSuchProperty -p ActiveState')).stdout,
    'Type=simple\nMainPID=50\nId=app.service\nActiveState=active\n',
  );
  t.is((await own.run('systemctl show -P Type app')).stdout, 'simple\n');
  t.is(
    (await own.run('systemctl show -p Id,LoadState app nowhere')).stdout,
    'Id=app.service\nLoadState=loaded\n\nId=nowhere.service\nLoadState=not-found\n',
  );
  t.is(
    (await own.run('systemctl show bad -p ExecStart')).stdout,
    'ExecStart={ path=/bin/false ; argv[]=/bin/false ; ignore_errors=no ; start_time=[Wed 2025-12-31 23:59:59 UTC] ; stop_time=[Wed 2025-12-31 23:59:59 UTC] ; pid=56 ; code=exited ; status=1 }\n',
  );
});

test('a value of several lines is one line of show', async (t) => {
  const own = stage({ files: { 'x.service': '[Service]\nExecStart=/bin/sh -c "a\\nActiveState=forged"\n' } });
  t.notRegex((await own.run('systemctl show x')).stdout, /^ActiveState=forged/m);
});

test('nothing that a unit says or a process is called steers a terminal', async (t) => {
  const evil = '\u001b]0;owned\u0007\u009b2J';
  const own = stage({
    terminal: true,
    columns: 500,
    environment: { SYSTEMD_COLORS: '0' },
    files: {
      'e.service': `[Unit]\nDescription=x${evil}\n[Service]\nExecStart=/bin/e ${evil}\nEnvironment=A=${evil}\n`,
      '/proc/40/task/40/children': '50',
      '/proc/50/task/50/children': '',
      '/proc/50/comm': evil,
      '/proc/50/cmdline': `e\0${evil}\0`,
      '/var/log/pidone/e.service/current': line(begin, evil),
    },
    loaded: {
      'e.service': {
        active: 'active',
        sub: 'running',
        keepers: [40],
        stamps: { ...stamps, inactiveExit: stamp(-5), activeEnter: stamp(-5) },
        service: service({ statusText: evil, main: { kind: 'runs', phase: 'ExecStart', index: 0, pid: 50 as Pid } }),
        notices: [evil],
      },
    },
  });
  for (const command of [
    'systemctl status e',
    'systemctl status',
    'systemctl list-units',
    'systemctl show e',
    'systemctl cat e',
    'journalctl',
    'journalctl -o cat',
    'journalctl -o json',
    'journalctl -o verbose',
    'pidone check',
  ]) {
    const { stdout, stderr } = await own.run(command);
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    t.notRegex(stdout + stderr, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/, command);
  }
});
