import test from 'ava';

import { parseMoment } from '../../src/units/values/timestamp.ts';
import { zonesFrom } from '../../src/units/values/zones.ts';
import { fakeHost } from '../fake/host.ts';
import { identity, line, word } from '../journal/journal.ts';
import { begin, stage } from './stage.ts';

const second = 1_000_000;
const at = (seconds: number): number => begin + seconds * second;
const stampOf = (seconds: number): string => at(seconds).toString(16).padStart(16, '0');
const log =
  identity(at(-9), 1, 'sh') +
  line(at(-8), 'hello', { pid: 50 }) +
  word(at(-7), 'Started app.', 1) +
  line(at(-1), 'late', { pid: 50, priority: 3 });
const files = {
  '/var/log/pidone/app.service/current': log,
  '/var/log/pidone/b.service/current': line(at(-5), 'from b'),
  '/var/log/pidone/said.service/current':
    identity(at(-40), 1, 'sh') +
    `${stampOf(-40)} x- 1 49 A=b\n` +
    line(at(-39), 'on stdout', { pid: 50 }) +
    `${stampOf(-38)} e4 1 51 two\\nlines\x1e_TRANSPORT=syslog\x1eSYSLOG_IDENTIFIER=prog\x1eSYSLOG_FACILITY=10\n`,
};

const outputs: readonly (readonly [string, string])[] = [
  [
    'journalctl -u app',
    'Dec 31 23:59:52 box sh[50]: hello\nDec 31 23:59:53 box pidone[2]: Started app.\nDec 31 23:59:59 box sh[50]: late\n',
  ],
  ['journalctl -n 2 -o cat', 'from b\nlate\n'],
  ['journalctl -n2 -r -o cat', 'late\nfrom b\n'],
  ['journalctl --since=-6s -o cat', 'from b\nlate\n'],
  ['journalctl --until=@1767225592 -u app -o cat', 'hello\n'],
  ['journalctl -p err -o cat', 'late\n'],
  ['journalctl -t sh -u app -o cat', 'hello\nlate\n'],
  ['journalctl -g HELLO', '-- No entries --\n'],
  ['journalctl -g hell -o cat', 'hello\n'],
  ['journalctl -u said -t prog', 'Dec 31 23:59:22 box prog[51]: two\n                              lines\n'],
  ['journalctl --facility=auth,authpriv -o cat', 'two\nlines\n'],
  ['journalctl A=b -p info --facility=3 -o cat', 'on stdout\n'],
  ['journalctl SYSLOG_IDENTIFIER=prog A=b _TRANSPORT=syslog -n1 -o cat', 'two\nlines\n'],
  ['journalctl _PID=51 + MESSAGE=late UNIT=no + _PID=100 -o cat', 'two\nlines\nfrom b\n'],
  ['journalctl MESSAGE_ID=39f53479d3a045ac8e11786248231fbf UNIT=app.service -o cat', 'Started app.\n'],
  ['journalctl -u nowhere', '-- No entries --\n'],
  ['journalctl -u nowhere -o cat', ''],
  ['journalctl -p warning..notice -o cat', 'two\nlines\n'],
  ['journalctl -p err -o cat --output-fields=PRIORITY,MESSAGE,NO', '3\nlate\n'],
  [
    'journalctl -p err --output-fields=MESSAGE -o json-pretty',
    '{\n\t"__CURSOR" : "u=app.service;t=647484610fdc0;x=6271301b",\n\t"__REALTIME_TIMESTAMP" : "1767225599000000",\n\t"__MONOTONIC_TIMESTAMP" : "0",\n\t"MESSAGE" : "late"\n}\n',
  ],
  [
    'journalctl -u app -o short-delta -n 2',
    '[    0.000000                ] box pidone[2]: Started app.\n[    0.000000 <    6.000000 >] box sh[50]: late\n',
  ],
  ['journalctl -F _PID', '50\n51\n2\n100\n'],
  ['journalctl --field=NO', ''],
  ['journalctl --sync', ''],
  ['journalctl -k -q', ''],
  ['journalctl -q -u nowhere', ''],
  ['journalctl -u b -o short-iso', '2025-12-31T23:59:55+0000 box b[100]: from b\n'],
  ['journalctl -u b -o short-precise --no-hostname', 'Dec 31 23:59:55.000000 b[100]: from b\n'],
  ['journalctl -u b -o short-unix', '1767225595.000000 box b[100]: from b\n'],
  ['journalctl _SYSTEMD_UNIT=b.service -o cat', 'from b\n'],
  ['journalctl -xeu b --no-pager -o cat', 'from b\n'],
  [
    'journalctl -u b -o json',
    '{"__CURSOR":"u=b.service;t=6474845d3f4c0;x=535aa75b","__REALTIME_TIMESTAMP":"1767225595000000","__MONOTONIC_TIMESTAMP":"0","PRIORITY":"6","SYSLOG_IDENTIFIER":"b","_PID":"100","_HOSTNAME":"box","MESSAGE":"from b","_SYSTEMD_UNIT":"b.service","_TRANSPORT":"stdout","SYSLOG_FACILITY":"3"}\n',
  ],
];
for (const [command, expected] of outputs) {
  test(command, async (t) => {
    t.is((await stage({ files }).run(command)).stdout, expected);
  });
}

test('-b shows what was said since the container runs', async (t) => {
  const both = { '/var/log/pidone/a.service/current': line(at(-1), 'before') + line(at(1), 'since') };
  for (const boot of ['-b', '-b 0', '--boot=-0', '-n 5 -b'])
    t.is((await stage({ files: both }).run(`journalctl ${boot} -o cat`)).stdout, 'since\n', boot);
  t.is((await stage({ files: both }).run('journalctl -b all -o cat')).stdout, 'before\nsince\n');
  t.deepEqual(await stage({ files: both }).run('journalctl -b -1'), {
    status: 1,
    stdout: '',
    stderr: 'Data from the specified boot (-1) is not available: No such boot ID in journal\n',
  });
});

test('a cursor leads back to its entry, among lines of one moment too', async (t) => {
  const many = {
    '/var/log/pidone/a.service/current':
      line(at(1), 'one') + line(at(1), 'two') + line(at(1), 'two') + line(at(2), 'three'),
    '/var/log/pidone/b.service/current': line(at(1), 'two'),
  };
  const own = stage({ files: many });
  const ask = async (command: string): Promise<string> => (await own.run(`journalctl -o cat ${command}`)).stdout;
  const cursor = /^-- cursor: (.*)$/m.exec(await ask('-u a -g two --show-cursor'))?.[1] ?? '';
  t.regex(cursor, /^u=a\.service;t=[0-9a-f]+;x=[0-9a-f]+$/);
  t.is(await ask(`-u a --after-cursor=${cursor}`), 'three\n');
  t.is(await ask(`-u a --cursor=${cursor}`), 'two\ntwo\nthree\n');
  t.is(await ask(`-u a --cursor=${cursor} -n 1`), 'two\n');
  t.is(await ask(`-u b --after-cursor=${cursor}`), 'two\n');
  t.is(await ask('-u a -n 0 --cursor-file=/cursor'), '');
  t.is(await ask('-u a --cursor-file=/cursor'), '');
  t.deepEqual(await own.run('journalctl --cursor=x'), {
    status: 1,
    stdout: '',
    stderr: 'Failed to seek to cursor: Invalid argument\n',
  });
});

test('-o cat gives a pipe what the unit wrote, byte for byte, and a terminal nothing that steers it', async (t) => {
  const coloured = { '/var/log/pidone/a.service/current': line(at(0), '\u001b[31mred') };
  t.is((await stage({ files: coloured }).run('journalctl -o cat')).stdout, '\u001b[31mred\n');
  t.is((await stage({ files: coloured, terminal: true }).run('journalctl -o cat')).stdout, '\\x1b[31mred\n');
});

test('-f shows the last lines, goes on with what comes, and ends when the client leaves', async (t) => {
  const own = stage({ files });
  const running = own.run('journalctl -f -n 1 -o cat');
  await turns();
  append(own, 'app.service', line(at(1), 'new'));
  own.change();
  await turns();
  own.leave();
  own.change();
  t.deepEqual(await running, { status: 0, stdout: 'late\nnew\n', stderr: '' });
});

test('a follow goes on at its cursor when the client asks again: nothing twice, nothing lost', async (t) => {
  const before = stage({ files });
  const running = before.run('journalctl -f -o cat');
  await turns();
  const cursor = before.cursors.at(-1) ?? '';
  before.leave();
  await running;
  const after = stage({ files });
  append(after, 'app.service', line(at(1), 'meanwhile'));
  const goesOn = after.run('journalctl -f -o cat', { cursor });
  await turns();
  after.leave();
  t.is((await goesOn).stdout, 'meanwhile\n');
});

test('a cursor that is none is not believed', async (t) => {
  for (const cursor of ['{', '[1]', '[{"unit":1}]', '[{"unit":"a","identity":"b","offset":-1}]']) {
    const own = stage({ files });
    own.leave();
    t.is((await own.run('journalctl -f -n 1 -o cat', { cursor })).stdout, 'late\n', cursor);
  }
});

const host = fakeHost();
const zones = zonesFrom(host, 'CET-1');

const moments: readonly (readonly [string, number | undefined])[] = [
  ['now', begin],
  ['-1h', begin - 3600 * second],
  ['+5min', begin + 300 * second],
  ['2h ago', begin - 7200 * second],
  ['@1767225600', begin],
  ['2026-01-01 01:00', begin],
  ['2026-01-01 01:00:01.5', begin + 1.5 * second],
  ['2026-01-01 00:00 UTC', begin],
  ['2026-01-01', begin - 3600 * second],
  ['today', begin - 3600 * second],
  ['yesterday', begin - 25 * 3600 * second],
  ['02:30', begin + 5400 * second],
  ['', undefined],
  ['2026-13-01', undefined],
  ['25:00', undefined],
  ['soon', undefined],
];
for (const [text, expected] of moments) {
  test(`a moment in a zone one hour east of UTC: '${text}'`, (t) => {
    t.is(parseMoment(text, host.clock().realtime, zones), expected);
  });
}

/** Lets all promises that can go on do so. */
async function turns(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function append(own: ReturnType<typeof stage>, unit: string, text: string): void {
  const handle = own.host.openAppend(`/var/log/pidone/${unit}/current`, 0o640);
  own.host.append(handle, text);
  own.host.close(handle);
}
