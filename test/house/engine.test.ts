import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import test from 'ava';
import { execa } from 'execa';

import { programParts } from '../../scripts/build/layout.ts';

const root = join(import.meta.dirname, '..', '..');

test("no declaration of Node's or a browser's reaches src/: what the engine lacks is a type error", async (t) => {
  const { stdout } = await execa({ cwd: root, preferLocal: true })`tsc -p tsconfig.json --listFilesOnly`;
  const strangers = stdout
    .split('\n')
    .map((file) => relative(root, file))
    .filter((file) => file.includes('@types/') || /lib\.(dom|webworker|scripthost)\b/.test(file));
  t.deepEqual(strangers, []);
});

test('the host has room for every part of the program', (t) => {
  const [, room] = /\} loaded\[(\d+)\];/.exec(readFileSync(join(root, 'native/host.c'), 'utf8')) ?? [];
  t.true(programParts.length <= Number(room));
});
