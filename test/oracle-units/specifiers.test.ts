// Every specifier in every kind of value that knows any, asked of the real systemd.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { machine as machineName, release, tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { acceptedKindsOf } from '../../src/units/accepted-part.ts';
import { openUnits } from '../../src/units/load.ts';
import { specifiersOf } from '../../src/units/machine-specifiers.ts';
import { fakeHost } from '../fake/host.ts';
import { bootSystemd, systemdMissing } from '../oracle/systemd.ts';
import { compareUnits } from './compare.ts';
import { parseShown } from './shown.ts';

const searchPath = ['/etc/systemd/system', '/run/systemd/system', '/u'];
const asked = systemdMissing() === undefined ? test : test.skip;

/** Settings by section, with the value that they are tried with; `%?` is the specifier. What is wrong in these is ignored. */
const settings = `
[Unit]
Description=a %? b
Documentation=man:%?
SourcePath=/a%?
Wants=a%?.service %?.service
After=b%?.service
OnFailure=c%?.service
RequiresMountsFor=/a/%?
ConditionPathExists=/a%?
[Service]
Type=oneshot
ExecStart=/bin/true
Environment=A=%? B=a%%?
EnvironmentFile=-/a%?
UnsetEnvironment=A=%?
PassEnvironment=A%?
PIDFile=/a%?
SyslogIdentifier=a%?
TTYPath=/dev/a%?
RuntimeDirectory=a/%?
StateDirectory=x%?:y%?
StandardOutput=file:/a%?
RootDirectory=/a%?
ExecSearchPath=/a%?:/b
BindPaths=/a%?
ReadWritePaths=/a%?
LimitNOFILE=%?
Slice=a%?.slice
`;

/** Some say where the unit's control group will be. */
const behindSlice = `
[Service]
Slice=x-memory.slice
ExecStart=/bin/true
[Unit]
Description=a%?
`;

/** What refuses the unit when something is wrong in it: each in a unit of its own. */
const fatal = [
  'ExecStart=/bin/true a%? "%?"',
  'ExecStart=/bin/%?',
  'ExecStart=-/bin/true %?',
  'ExecStart=@/bin/true %? b',
  'User=u%?',
  'SupplementaryGroups=g%?',
  'WorkingDirectory=/a%?',
  'WorkingDirectory=-/a%?',
];

/** %D came with systemd 256. */
const letters = Array.from('ABCEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789%_-').concat('');

/** File name → text: each specifier in an instance and in a plain unit. */
function questions(): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  letters.forEach((letter, index) => {
    const put = (stem: string, text: string): void => {
      const filled = text.replaceAll('%?', `%${letter}`);
      texts.set(`${stem}-${String(index)}@x-y\\x2dz.service`, filled);
      texts.set(`${stem}-b\\x2dc-${String(index)}.service`, filled);
    };
    put('all', settings);
    put('slice', behindSlice);
    fatal.forEach((line, number) => {
      put(
        `f${String(number)}`,
        `[Service]\nType=oneshot\nExecStartPre=/bin/true\n${line.startsWith('ExecStart') ? '' : 'ExecStart=/bin/true\n'}${line}\n`,
      );
    });
  });
  return texts;
}

asked('What systemd makes of a specifier is what units/ makes of it', async (t) => {
  t.timeout(5 * 60_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'pidone-specifiers-'));
  const texts = questions();
  const names = [...texts.keys()];
  for (const [name, text] of texts) writeFileSync(path.join(folder, name), text);
  const machine = await bootSystemd(folder);
  try {
    const answers: string[] = [];
    for (let from = 0; from < names.length; from += 200) {
      const quoted = names.slice(from, from + 200).map((name) => `'${name}'`);
      answers.push((await machine.run(`systemctl show --all -- ${quoted.join(' ')}`)).stdout);
    }
    const shown = parseShown(answers.join('\n\n'));
    t.deepEqual(
      names.filter((name) => !shown.has(name)),
      [],
    );
    const host = {
      ...fakeHost({ directory: `/proc/${machine.init}/root`, hostName: 'oracle' }),
      kernel: () => ({ release: release(), machine: machineName() }),
    };
    const units = openUnits(host, {
      searchPath,
      root: '',
      specifiers: specifiersOf(host, [], 0),
      acceptedKinds: acceptedKindsOf(host),
    });
    const differing = compareUnits(units, shown).filter(({ unit }) => names.includes(unit));
    t.deepEqual(differing, []);
  } finally {
    await machine.down();
    rmSync(folder, { recursive: true, force: true });
  }
});
