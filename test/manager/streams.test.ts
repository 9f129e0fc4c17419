import test from 'ava';

import { readJournalSettings } from '../../src/manager/journal-settings.ts';
import { logFields } from '../../src/manager/log-settings.ts';
import { openFiles } from '../../src/manager/open-files.ts';
import { streamFields } from '../../src/manager/streams.ts';
import { releaseFields, terminalSize, terminalVariables } from '../../src/manager/terminal.ts';
import type { ExecSlot } from '../../src/units/model.ts';
import { base64Bytes, base64Text } from '../../src/units/values/base64.ts';
import { runFlags, streamKinds } from '../../src/wire/schema.ts';
import { loadUnit } from '../fake/load-unit.ts';
import { MemoryFiles } from '../fake/memory-files.ts';

const names = Object.fromEntries(Object.entries(streamKinds).map(([name, kind]) => [kind, name]));

/** What stdin, stdout and stderr of a command are. */
function streams(settings: readonly string[], phase: ExecSlot = 'ExecStart'): string {
  const unit = loadUnit(`[Service]\nType=oneshot\nExecStart=/bin/a\n${settings.join('\n')}\n`);
  const exec = unit.service?.exec;
  if (exec === undefined) throw new Error(JSON.stringify(unit.diagnostics));
  const { stdin, stdout, stderr } = streamFields(unit, exec, phase);
  return [stdin ?? streamKinds.null, stdout, stderr].map((kind) => names[kind]).join(' ');
}

const rules: readonly (readonly [rule: string, settings: readonly string[], result: string])[] = [
  ['a unit that says nothing logs', [], 'null journal inherit'],
  ['inherited from no input is the usual output', ['StandardOutput=inherit'], 'null journal inherit'],
  ['a terminal is for all three', ['StandardInput=tty'], 'tty asStdin inherit'],
  ['but for what says otherwise', ['StandardInput=tty-force', 'StandardError=journal'], 'ttyForce asStdin journal'],
  ['a terminal for output alone', ['StandardOutput=tty', 'StandardError=tty'], 'null tty inherit'],
  ['a descriptor is for all three', ['StandardInput=fd:a'], 'fd asStdin inherit'],
  ['one name is one stream', ['StandardOutput=fd:a', 'StandardError=fd:a'], 'null fd inherit'],
  ['two names are two', ['StandardOutput=fd:a', 'StandardError=fd:b'], 'null fd fd'],
  ['data is not written back to', ['StandardInputText=a', 'StandardOutput=inherit'], 'data journal inherit'],
  ['one file for both outputs', ['StandardOutput=file:/a', 'StandardError=file:/a'], 'null file inherit'],
  ['opened in two ways', ['StandardOutput=file:/a', 'StandardError=append:/a'], 'null file append'],
  ['a file for all', ['StandardInput=file:/a', 'StandardOutput=file:/a'], 'readWrite asStdin inherit'],
  [
    'a file for input and error',
    ['StandardInput=file:/a', 'StandardOutput=null', 'StandardError=file:/a'],
    'readWrite null asStdin',
  ],
  ['an output that is appended', ['StandardInput=file:/a', 'StandardOutput=append:/a'], 'file asStdin inherit'],
  ['a socket is for all three', ['StandardInput=socket'], 'socket asStdin inherit'],
];

for (const [rule, settings, result] of rules)
  test(`Streams: ${rule}`, (t) => {
    t.is(streams(settings), result);
  });

test('Streams: only what starts a service, and ExecStopPost=, reads from the terminal; the others write there', (t) => {
  t.is(streams(['StandardInput=tty'], 'ExecStartPre'), 'tty asStdin inherit');
  t.is(streams(['StandardInput=tty'], 'ExecStopPost'), 'tty asStdin inherit');
  t.is(streams(['StandardInput=tty'], 'ExecReload'), 'null tty inherit');
  t.is(streams(['StandardInput=tty'], 'ExecStop'), 'null tty inherit');
});

test('Lines and data for standard input are kept in one setting, in order', (t) => {
  const unit = loadUnit(
    '[Service]\nExecStart=/bin/a\nStandardInputText=%N \\x41\\xff\nStandardInputData=aGVs bG8=\nStandardInputText=ü\n',
  );
  const bytes = base64Bytes(unit.accepted.get('StandardInputData') ?? '');
  t.is(Buffer.from(bytes).toString('latin1'), 'x A\xff\nhello\xc3\xbc\n');
  t.false(unit.accepted.has('StandardInputText'));
});

test('Base64 both ways', (t) => {
  for (const text of ['', 'a', 'ab', 'abc', '\0\xff\xfe\xfd']) {
    const bytes = new Uint8Array(Buffer.from(text, 'latin1'));
    t.is(base64Text(bytes), Buffer.from(bytes).toString('base64'));
    t.deepEqual(base64Bytes(base64Text(bytes)), bytes);
  }
});

test('Settings of the log become fields of the keeper', (t) => {
  const unit = loadUnit(
    '[Service]\nExecStart=/bin/a\nLogLevelMax=notice\nSyslogFacility=local3\nLogExtraFields=A=b "C=d\\ne"\nLogExtraFields=bad\nLogRateLimitIntervalSec=2s\nLogRateLimitBurst=5\n',
  );
  t.deepEqual(logFields(unit, undefined), {
    levelMaxPlus1: 6,
    logInterval: 2_000_000n,
    logBurst: 5,
    logFields: 'SYSLOG_FACILITY=19\x1eA=b\x1eC=d\\ne',
  });
  t.is(unit.diagnostics.length, 1);
});

test('A limit of which a unit sets one half has journald’s other half; without any there is none, unless journald.conf has one', (t) => {
  const fields = (settings: string, usual?: { interval: number; burst: number }) => {
    const { logInterval, logBurst } = logFields(loadUnit(`[Service]\nExecStart=/bin/a\n${settings}`), usual);
    return [logInterval, logBurst];
  };
  t.deepEqual(fields('LogRateLimitBurst=5\n'), [30_000_000n, 5]);
  t.deepEqual(fields('LogRateLimitIntervalSec=2s\n'), [2_000_000n, 10_000]);
  t.deepEqual(fields(''), [undefined, undefined]);
  t.deepEqual(fields('SyslogFacility=local3\n', { interval: 1_000_000, burst: 7 }), [1_000_000n, 7]);
  t.deepEqual(fields('', { interval: 0, burst: 7 }), [undefined, undefined]);
});

test('Of journald.conf and its drop-ins the last word counts', (t) => {
  const settings = (files: Readonly<Record<string, string>>) => {
    const memory = new MemoryFiles(() => 0);
    for (const [path, text] of Object.entries(files)) memory.put(path, text);
    return readJournalSettings(memory.port());
  };
  t.deepEqual(settings({}), { forward: true, limit: undefined });
  t.deepEqual(settings({ '/etc/systemd/journald.conf': '[Journal]\n#ForwardToSyslog=no\nRateLimitBurst=500\n' }), {
    forward: true,
    limit: { interval: 30_000_000, burst: 500 },
  });
  t.deepEqual(
    settings({
      '/etc/systemd/journald.conf': '[Journal]\nForwardToSyslog=yes\n',
      '/usr/lib/systemd/journald.conf.d/b.conf': '[Journal]\nForwardToSyslog=no\n',
      '/etc/systemd/journald.conf.d/a.conf': '[Journal]\nForwardToSyslog=yes\nRateLimitIntervalSec=0\n',
    }),
    { forward: false, limit: { interval: 0, burst: 10_000 } },
  );
});

test('OpenFile= is for ExecStart=: options by their letters, a name that is the file’s where none is given', (t) => {
  const unit = loadUnit('[Service]\nExecStart=/bin/a\nOpenFile=/etc/a b\nOpenFile=/run/s:sock:read-only,graceful\n');
  t.deepEqual(openFiles(unit, 'ExecStart'), [':a b/etc/a b', 'rg:sock/run/s']);
  t.is(openFiles(unit, 'ExecStartPre'), undefined);
});

test('TERM= is what the terminal is; the console’s is the container’s', (t) => {
  const term = (settings: string, container: Readonly<Record<string, string>> = {}): readonly string[] => {
    const exec = loadUnit(`[Service]\nExecStart=/bin/a\n${settings}\n`).service?.exec;
    return exec === undefined ? ['no unit'] : terminalVariables(exec, new Map(Object.entries(container)));
  };
  t.deepEqual(term(''), []);
  t.deepEqual(term('StandardInput=tty'), ['TERM=vt220']);
  t.deepEqual(term('StandardInput=tty', { TERM: 'xterm' }), []);
  t.deepEqual(term('TTYPath=/dev/pts/3', { TERM: 'xterm' }), ['TERM=vt220']);
  t.deepEqual(term('TTYPath=/dev/tty3\nStandardOutput=tty'), ['TERM=linux']);
  t.deepEqual(term('StandardOutput=journal+console'), ['TERM=vt220']);
});

test('What is set of the terminal goes along with each command, and with the end', (t) => {
  const unit = loadUnit('[Service]\nExecStart=/bin/a\nTTYPath=/dev/x\nTTYReset=yes\nTTYRows=0\nTTYColumns=80\n');
  t.deepEqual(releaseFields(unit), { ttyPath: '/dev/x', flags: runFlags.ttyReset });
  t.deepEqual(terminalSize(unit), { ttyRowsPlus1: 1, ttyColumnsPlus1: 81 });
  t.deepEqual(releaseFields(loadUnit('[Service]\nExecStart=/bin/a\n')), {});
});
