// systemd-analyze verify: the same lines are complained about, the same commands are missed, and the same exit status comes of it.
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { parseUnitName } from '../../src/units/name.ts';
import { gate } from '../oracle/gate.ts';
import { pidoneMissing } from '../oracle/pidone.ts';
import { systemdMissing } from '../oracle/systemd.ts';
import { packagedUnits } from './packages.ts';

const ours = path.join(import.meta.dirname, '../../build/root/bin/systemd-analyze');
const runnable = (systemdMissing() ?? pidoneMissing()) === undefined ? test : test.skip;

interface Verdict {
  readonly status: number;
  readonly complaints: ReadonlySet<string>;
}

/** Both look only below `folder`. systemd looks for manual pages unless told not to, pidone only when told to. */
async function verdicts(folder: string, words: readonly string[]): Promise<readonly [Verdict, Verdict]> {
  const env = { SYSTEMD_UNIT_PATH: folder, LANG: 'C.UTF-8' };
  const options = { cwd: folder, env, reject: false, stdin: 'ignore' } as const;
  return Promise.all(
    ['/usr/bin/systemd-analyze', ours].map(async (program) => {
      const { exitCode, stderr } = await execa(program, ['verify', '--man=no', ...words], options);
      return { status: exitCode ?? -1, complaints: complaintsOf(stderr.split('\n'), folder) };
    }),
  ) as Promise<[Verdict, Verdict]>;
}

/** What is meant, whatever the words. */
function complaintsOf(lines: readonly string[], folder: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const line of lines) {
    const [, file, number] = /^(\S+?):(\d+)(?::\d+)?: /.exec(line) ?? [];
    const [, unit, command] = /^(\S+): Command (\S+) is not executable: /.exec(line) ?? [];
    const [, start] = /^(\S+): (?:Failed to create|Cannot be started: )/.exec(line) ?? [];
    const [, name, load] = /^Unit (\S+) (.*)$/.exec(line) ?? [];
    const [, socket] = /^(\S+): .*ervice \S+ (?:is )?not loaded/.exec(line) ?? [];
    if (file !== undefined) found.add(`${file.replace(`${folder}/`, '')}:${String(number)}`);
    else if (unit !== undefined) found.add(`${unit}: ${String(command)} is missing`);
    else if (start !== undefined) found.add(`${start}: no start`);
    else if (socket !== undefined) found.add(`${socket}: no service`);
    else if (name !== undefined) found.add(`${name}: ${String(load)}`);
  }
  return found;
}

function folderWith(
  t: { teardown(clean: () => void): void },
  from: string | undefined,
  files: Readonly<Record<string, string>> = {},
): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pidone-verify-'));
  t.teardown(() => {
    rmSync(folder, { recursive: true });
  });
  if (from !== undefined) cpSync(from, folder, { recursive: true, verbatimSymlinks: true });
  for (const [name, text] of Object.entries({ ...stubs, ...files }))
    if (!existsSync(path.join(folder, name))) writeFileSync(path.join(folder, name), text);
  return folder;
}

/** What a machine has in any case; dbus.socket is there by its name alone only for pidone. */
const stubs: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['basic', 'sysinit', 'shutdown', 'multi-user', 'oracle'].map((name) => [
      `${name}.target`,
      '[Unit]\nDefaultDependencies=no\n',
    ]),
  ),
  'dbus.socket': '[Socket]\nListenStream=/run/dbus\n',
  'dbus.service': '[Service]\nExecStart=/bin/true\n',
};

/** The names that both can be asked for: files that are there. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => parseUnitName(name) !== undefined && existsSync(path.join(folder, name)));
}

runnable('verify of all units of the packages: the same lines, commands, missing units and status', async (t) => {
  const folder = folderWith(t, await packagedUnits());
  const names = filesIn(folder).filter((name) => !/\.(?:mount|automount|swap)$/.test(name));
  const [systemd, pidone] = await verdicts(folder, names);
  t.is(pidone.status, systemd.status);
  t.true(systemd.complaints.size > 300, 'systemd has answered');
  t.log(`${names.length} units, ${systemd.complaints.size} complaints of systemd, ${pidone.complaints.size} of pidone`);
  t.deepEqual([...systemd.complaints].filter((each) => !pidone.complaints.has(each)).sort(), []);
  // Told besides: with a line that a device cannot wait, and what is missing after the first command of a setting.
  const more = [...pidone.complaints].filter((each) => !systemd.complaints.has(each) && !each.endsWith(' is missing'));
  t.deepEqual(more.sort(), ['nbd@.service:5']);
});

runnable('verify of each unit of our own making ends with the status of systemd', async (t) => {
  const folder = folderWith(t, new URL('units/', import.meta.url).pathname);
  const throughGate = gate();
  const differing: string[] = [];
  await Promise.all(
    filesIn(folder).map((name) =>
      throughGate(async () => {
        const [systemd, pidone] = await verdicts(folder, [name]);
        if (systemd.status !== pidone.status)
          differing.push(`${name}: ${String(pidone.status)}, not ${String(systemd.status)}`);
        for (const each of systemd.complaints)
          if (!pidone.complaints.has(each)) differing.push(`${name}: does not tell ${each}`);
      }),
    ),
  );
  t.deepEqual(differing.sort(), []);
});

/** So many of the first are asked for in every mode. */
const inAllModes = 9;
const good = '[Service]\nExecStart=/bin/true\n';
const few = {
  'warned.service': `[Unit]\nFoo=1\n${good}`,
  'wants-warned.service': `[Unit]\nWants=warned.service\n${good}`,
  'wants-wants-warned.service': `[Unit]\nWants=wants-warned.service\n${good}`,
  'no-command.service': '[Service]\nExecStart=/usr/bin/nosuch\n',
  'bad.service': '[Service]\nType=forking\n',
  'wants-bad.service': `[Unit]\nWants=bad.service\n${good}`,
  'requires-bad.service': `[Unit]\nRequires=bad.service\n${good}`,
  'requires-nothing.service': `[Unit]\nRequires=nowhere.service\n${good}`,
  'no-second.service': '[Service]\nExecStart=/bin/true\nExecStop=/bin/true\nExecStop=/usr/bin/nosuch\n',
  'may-fail.service': '[Service]\nExecStart=-/usr/bin/nosuch\n',
  'requires-no-command.service': `[Unit]\nRequires=no-command.service\n${good}`,
  'wants-nothing.service': `[Unit]\nWants=nowhere.service\n${good}`,
  'ring-a.service': `[Unit]\nRequires=ring-b.service\nAfter=ring-b.service\n${good}`,
  'ring-b.service': `[Unit]\nRequires=ring-a.service\nAfter=ring-a.service\n${good}`,
  'lone.socket': '[Socket]\nListenStream=/run/lone\n',
  'template@.service': '[Service]\nExecStart=/bin/echo %i\n',
};

runnable(
  '--recursive-errors= decides what else makes verify fail, and FILE:NAME reads a file under another name',
  async (t) => {
    const folder = folderWith(t, undefined, few);
    const throughGate = gate();
    const asked = [
      ...Object.keys(few),
      'template@x.service',
      'nowhere.service',
      'warned.service:other.service',
      'a.txt',
      '/',
    ];
    const modes = [[], ['--recursive-errors=no'], ['--recursive-errors=one'], ['--recursive-errors=yes']];
    const differing: string[] = [];
    await Promise.all(
      asked
        .flatMap((name, index) => (index < inAllModes ? modes : [[]]).map((mode) => [...mode, name]))
        .map((words) =>
          throughGate(async () => {
            const [systemd, pidone] = await verdicts(folder, words);
            if (systemd.status !== pidone.status)
              differing.push(`${words.join(' ')}: ${String(pidone.status)}, not ${String(systemd.status)}`);
          }),
        ),
    );
    t.deepEqual(differing.sort(), []);
  },
);
