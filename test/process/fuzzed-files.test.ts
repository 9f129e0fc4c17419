// The program that is shipped reads unit files that nobody wrote, from a real disk, and says of them what the same code says on Node.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { projectRoot } from '../../scripts/build/layout.ts';
import { stage } from '../ctl/stage.ts';
import { decodeText } from '../fake/text.ts';
import { inputs } from '../fuzz/inputs.ts';
import { seedsOf } from '../fuzz/seeds.ts';

const count = 400;
const types = ['service', 'service', 'service', 'socket', 'timer', 'path', 'target', 'slice'];
const words = ['verify', '--man=no', '--recursive-errors=no'];

/** Where each file is complained about, and what becomes of its unit: not the words, in which this machine's facts may be. */
function verdicts(text: string, directory: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => {
      const [, place] = line.startsWith(`${directory}/`)
        ? (/^(\S+?(?::\d+)*): /.exec(line.slice(directory.length + 1)) ?? [])
        : [];
      return place ?? /^Unit f\d+\.\w+ [^'"/]*$/.exec(line)?.[0];
    })
    .filter((line) => line !== undefined);
}

test('The shipped program reads any file, and to the same end as on Node', async (t) => {
  t.timeout(120_000);
  const directory = mkdtempSync(path.join(tmpdir(), 'pidone-fuzzed-'));
  try {
    const files: Record<string, string> = {};
    inputs(seedsOf(), 700_000, count).forEach((input, index) => {
      const file = `${directory}/f${String(index)}.${types[index % types.length] ?? ''}`;
      const bytes = Buffer.from(input, 'latin1');
      writeFileSync(file, bytes);
      files[file] = decodeText(bytes, 0, bytes.length);
    });
    const names = Object.keys(files);
    const program = path.join(projectRoot, 'build/root/bin/systemd-analyze');
    const env = { SYSTEMD_UNIT_PATH: directory };
    const shipped = await execa(program, [...words, ...names], { env, reject: false, stripFinalNewline: false });
    t.is(shipped.exitCode, 1, shipped.stderr.slice(-500));
    const onNode = await stage({ files }).run(`systemd-analyze ${words.join(' ')} ${names.join(' ')}`);
    const [given, expected] = [shipped.stderr, onNode.stderr].map((text) => verdicts(text, directory));
    t.true((expected?.length ?? 0) > count, 'most are wrong somewhere');
    t.deepEqual(given, expected);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
