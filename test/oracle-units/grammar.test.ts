// The grammar of unit files, asked of the real systemd: what it makes of each file, and in which lines it finds something wrong.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { acceptedKindsOf } from '../../src/units/accepted-part.ts';
import { openUnits } from '../../src/units/load.ts';
import { specifiersOf } from '../../src/units/machine-specifiers.ts';
import { isComment, physicalLines } from '../../src/units/syntax/lines.ts';
import { decodeText } from '../fake/text.ts';
import { fakeHost } from '../fake/host.ts';
import { bootSystemd, systemdMissing } from '../oracle/systemd.ts';
import { world } from '../units/world.ts';
import { compareUnits, type Difference } from './compare.ts';
import { parseShown } from './shown.ts';
import { grammarCases } from './grammar-cases.ts';

const searchPath = ['/etc/systemd/system', '/run/systemd/system', '/u'];
const cases = grammarCases();
const names = [...cases.keys()];
const asked = systemdMissing() === undefined ? test : test.skip;

let folder = '';
test.before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pidone-grammar-'));
  for (const [name, text] of cases) writeFileSync(path.join(folder, name), text, 'latin1');
});
test.after.always(() => {
  rmSync(folder, { recursive: true, force: true });
});

function textOf(name: string): string {
  const bytes = Buffer.from(cases.get(name) ?? '', 'latin1');
  return decodeText(bytes, 0, bytes.length);
}

/** With its text: the names of the cases say nothing. */
function explained({ unit, ...what }: Difference): object {
  return { text: cases.get(unit), ...what };
}

asked('What systemd makes of a file is what units/ makes of it', async (t) => {
  t.timeout(5 * 60_000);
  const machine = await bootSystemd(folder);
  try {
    const answers: string[] = [];
    for (let from = 0; from < names.length; from += 10) {
      const some = names.slice(from, from + 10).join(' ');
      // A value that is no UTF-8 cannot be asked for, and ends the answer.
      const oneByOne = `for u in ${some}; do systemctl show --all $u 2>/dev/null || systemctl list-units --all --plain --no-legend $u | sed -E 's/^(\\S+) +(\\S+).*/Id=\\1\\nLoadState=\\2/'; echo; done`;
      const { stdout } = await machine.run(
        `all=$(systemctl show --all ${some} 2>/dev/null) && printf '%s\\n' "$all" || { ${oneByOne}; }`,
      );
      answers.push(stdout);
    }
    const shown = parseShown(answers.join('\n\n'));
    t.deepEqual(
      names.filter((name) => !shown.has(name)),
      [],
    );
    const host = fakeHost({ directory: `/proc/${machine.init}/root`, hostName: 'oracle' });
    const units = openUnits(host, {
      searchPath,
      root: '',
      specifiers: specifiersOf(host, [], 0),
      acceptedKinds: acceptedKindsOf(host),
    });
    const silent = new Set(names.filter((name) => shown.get(name)?.has('FragmentPath') !== true));
    const differing = compareUnits(units, shown).filter(
      ({ unit, property }) => names.includes(unit) && !(silent.has(unit) && property !== 'LoadState'),
    );
    t.deepEqual(differing.map(explained), []);
    t.true(silent.size < 20);
  } finally {
    await machine.down();
  }
});

asked('What is told of a file is about the lines that systemd complains about', async (t) => {
  const verify = ['--man=no', '--generators=no', 'verify', ...names.map((name) => path.join(folder, name))];
  const { stderr } = await execa('systemd-analyze', verify, { reject: false });
  const complaints = new Map<string, Set<number>>();
  for (const [, name = '', line = ''] of stderr.matchAll(/^\S*\/(q\d+\.service):(\d+): /gm)) {
    complaints.set(name, (complaints.get(name) ?? new Set()).add(Number(line)));
  }
  t.true(complaints.size > 100);
  const differing = names.flatMap((name) => {
    const text = textOf(name);
    const lines = world({ [name]: text })
      .load(name)
      .diagnostics.flatMap(({ line }) => (line === 0 ? [] : [lastPart(text, line)]));
    const [ours, theirs] = [new Set(lines), complaints.get(name) ?? []].map((each) => [...each].sort((a, b) => a - b));
    return String(ours) === String(theirs) ? [] : [{ text: cases.get(name), ours, theirs }];
  });
  t.deepEqual(differing, []);
});

/** systemd tells the last line of a continued one. */
function lastPart(text: string, line: number): number {
  const physical = physicalLines(text);
  for (let at = line; at < physical.length; at++) {
    const raw = physical[at - 1] ?? '';
    if (!isComment(raw) && !/(?:^|[^\\])(?:\\\\)*\\$/.test(raw)) return at;
  }
  return physical.length;
}
