/** What systemctl 252.38 says to command lines that are none. */
import test from 'ava';
import * as fc from 'fast-check';

import type { Errno } from '../../src/host.d.ts';
import { globPattern } from '../../src/units/glob.ts';
import { type OptionShape, parseArguments } from '../../src/ctl/options/parse.ts';
import { stage } from './stage.ts';

const refused: readonly (readonly [string, string])[] = [
  ['systemctl start', 'Too few arguments.\n'],
  ['systemctl isolate a b', 'Too many arguments.\n'],
  ['systemctl frobnicate', 'Unknown command verb frobnicate.\n'],
  ['systemctl start --no-such-option', "systemctl: unrecognized option '--no-such-option'\n"],
  ['systemctl -Z', "systemctl: invalid option -- 'Z'\n"],
  ['systemctl -p', "systemctl: option requires an argument -- 'p'\n"],
  ['systemctl kill -s NOPE a', 'Failed to parse signal string "NOPE".\n'],
  ['systemctl kill --kill-whom=foo a', 'Failed to kill unit a.service: Invalid who argument foo\n'],
  ['systemctl cancel x', 'Failed to parse job id "x": Invalid argument\n'],
  ['systemctl --lines=x status a', "Failed to parse lines 'x'\n"],
  ['systemctl --wait --no-block start a', '--wait may not be combined with --no-block.\n'],
  ['systemctl --root=/x list-units', "Verb 'list-units' cannot be used with --root= or --image=.\n"],
  [
    'systemctl list-units -t foo',
    "Unknown unit type or load state 'foo'.\nUse -t help to see a list of allowed values.\n",
  ],
  ['systemctl set-environment 1A=b', 'Failed to set environment: Invalid environment assignments\n'],
  ['journalctl --foo', "journalctl: unrecognized option '--foo'\n"],
  ['journalctl --since=xyz', 'Failed to parse timestamp: xyz\n'],
];
for (const [command, sentence] of refused) {
  test(`refused: ${command}`, async (t) => {
    t.deepEqual(await stage().run(command), { status: 1, stdout: '', stderr: sentence });
  });
}

test('what a user typed cannot steer a terminal', async (t) => {
  for (const command of [
    'systemctl \u001b]0;x\u0007',
    'systemctl is-active ..\u001b[2J',
    'journalctl \u009b2J',
    'pidone plan /..\u001b',
  ]) {
    const { stdout, stderr } = await stage({ terminal: true, environment: { SYSTEMD_COLORS: '0' } }).run(command);
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    t.notRegex(stdout + stderr, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/, command);
  }
});

const shapes = [
  { name: 'all', long: ['all'], short: 'a', value: 'none' },
  { name: 'lines', long: ['lines'], short: 'n', value: 'required' },
  { name: 'legend', long: ['legend'], short: 'l', value: 'optional' },
] as const satisfies readonly OptionShape<string>[];

function parsed(...words: string[]): unknown {
  const result = parseArguments('x', shapes, words);
  return result.ok
    ? [result.options.map(({ name, value }) => `${name}:${value ?? ''}`).join(' '), ...result.words]
    : result.message;
}

test('options stand anywhere, joined or apart, shortened while unique; -- ends them', (t) => {
  t.deepEqual(parsed('a', '-an5', 'b', '--lines', '6', '--li=7', '--', '-a'), [
    'all: lines:5 lines:6 lines:7',
    'a',
    'b',
    '-a',
  ]);
  t.deepEqual(parsed('-l', 'x', '-l3', '--legend=no'), ['legend: legend:3 legend:no', 'x']);
  t.is(parsed('--l'), "x: option '--l' is ambiguous; possibilities: '--lines' '--legend'");
  t.is(parsed('--all=1'), "x: option '--all' doesn't allow an argument");
  t.is(parsed('--lines'), "x: option '--lines' requires an argument");
});

test('no command line throws', async (t) => {
  const word = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('-n', '--', '-', '--since', 'start', 'show', '-p', '*', '['),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('systemctl', 'journalctl', 'pidone'),
      fc.array(word, { maxLength: 4 }),
      async (program, words) => {
        if (words.includes('-f') || words.some((each) => /^-[a-zA-Z]*f|^--f/.test(each))) return;
        const { status } = await stage().run([program, ...words.map((each) => each.replaceAll(' ', '\\_'))].join(' '));
        t.true(status >= 0 && status < 256);
      },
    ),
  );
});

test('globs are those of fnmatch', (t) => {
  t.true(globPattern('a*.service').test('ab.service'));
  t.false(globPattern('a?.service').test('a.service'));
  t.true(globPattern('[ab]x').test('bx'));
  t.false(globPattern('[!ab]x').test('bx'));
  t.true(globPattern('a[').test('a['));
  t.false(globPattern('a.b').test('axb'));
  t.false(globPattern('[z-a]').test('z'));
});

test('a link that cannot be made is told with its path and why, and nothing else is', async (t) => {
  const wants = '/etc/systemd/system/c.target.wants/a.service';
  const it = stage({ files: { 'a.service': '[Service]\nExecStart=/a\n[Install]\nWantedBy=b.target c.target\n' } });
  it.host.memory.fail('makeSymlink', wants, 30 as Errno);
  t.deepEqual(await it.run('systemctl enable a'), {
    status: 1,
    stdout: '',
    stderr: `Failed to enable unit: File ${wants}: Read-only file system\n`,
  });
});

test('Scripts find the version of systemd where they look for it', async (t) => {
  const { stdout } = await stage().run('systemctl --version');
  t.is(/^systemd ([0-9]+) \(/.exec(stdout)?.[1], '252');
  t.regex((await stage().run('pidone --version')).stdout, /^pidone \S+ \(systemd 252 compatible\)\n/);
});
