import { accessSync, constants, existsSync, globSync } from 'node:fs';
import { join } from 'node:path';

import { asanFolder } from '../build/layout.ts';

/** One layer of the tests. Whatever it runs tells its results as TAP, or just by its exit status: then it is one test. */
export interface Layer {
  readonly name: string;
  /** Commands to run one after another. None: the layer has no tests (yet). Asked for when the layer's turn comes. */
  readonly commands: () => readonly Command[];
  readonly needs: readonly Need[];
  /** The layers that make what this one tries: they are run before, named or not. */
  readonly after?: readonly ('build' | 'build-asan' | 'build-fuzz')[];
  /** Too long for every day: only run when named. */
  readonly nightly?: true;
  /** Minutes after which it is ended and has failed. */
  readonly minutes: number;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly speaks: 'tap' | 'nothing';
}

/** What a layer asks of the machine. */
export interface Need {
  /** As in "skipped: needs …". */
  readonly name: string;
  readonly met: () => boolean;
}

const root: Need = { name: 'root', met: () => process.getuid?.() === 0 };
const systemd: Need = { name: 'systemd (/lib/systemd/systemd)', met: () => existsSync('/lib/systemd/systemd') };
const engine: Need = { name: 'podman or docker', met: () => onPath('podman') || onPath('docker') };
const musl: Need = { name: 'musl-gcc', met: () => onPath(process.env['PIDONE_CC'] ?? 'musl-gcc') };
const gcc: Need = { name: 'gcc', met: () => onPath('gcc') };
const clangFormat: Need = { name: 'clang-format-14', met: () => onPath('clang-format-14') };

/** Folders of test/ whose tests start no process. */
const pureFolders = ['units', 'graph', 'manager', 'wire', 'ctl', 'journal', 'main', 'fake', 'scripts', 'house'];

/** In the order they run: the first failure should be the one nearest to its cause. */
export const layers: readonly Layer[] = [
  { name: 'build', commands: () => [script('scripts/build.ts')], needs: [musl], minutes: 10 },
  { name: 'types', commands: () => [npmScript('typecheck')], needs: [], minutes: 5 },
  { name: 'lint', commands: () => [npmScript('lint')], needs: [], minutes: 5 },
  { name: 'format', commands: () => [tool('prettier', '--check', '.')], needs: [], minutes: 5 },
  { name: 'format-c', commands: () => [npmScript('format:check-c')], needs: [clangFormat], minutes: 1 },
  {
    name: 'pure',
    commands: () => ava(...pureFolders),
    needs: [],
    minutes: 10,
  },
  { name: 'build-asan', commands: () => [script('scripts/build.ts', '--tests')], needs: [musl, gcc], minutes: 10 },
  { name: 'native', commands: nativeTests, needs: [], after: ['build-asan'], minutes: 10 },
  { name: 'process', commands: () => ava('process'), needs: [], after: ['build'], minutes: 10 },
  { name: 'replay', commands: () => ava('replay'), needs: [root], after: ['build'], minutes: 5 },
  { name: 'build-fuzz', commands: () => [script('scripts/build.ts', '--fuzz')], needs: [musl], minutes: 10 },
  { name: 'fuzz', commands: () => ava('fuzz'), needs: [], after: ['build-fuzz'], minutes: 5 },
  {
    name: 'oracle',
    commands: () => ava('oracle', 'oracle-units'),
    needs: [root, systemd],
    after: ['build'],
    minutes: 15,
  },
  { name: 'container', commands: () => ava('container'), needs: [root, engine], after: ['build'], minutes: 20 },
  { name: 'robustness', commands: () => ava('robustness'), needs: [root], after: ['build'], minutes: 15 },
  { name: 'chaos', commands: () => ava('chaos'), needs: [root], after: ['build'], minutes: 15 },
  {
    name: 'nightly',
    commands: () => ava('nightly'),
    needs: [root],
    after: ['build', 'build-asan', 'build-fuzz'],
    nightly: true,
    minutes: 240,
  },
];

/** The test files below folders of test/, by name: AVA's own patterns find none when they are given on its command line. */
function ava(...folders: readonly string[]): Command[] {
  const files = folders.flatMap((folder) => globSync(`test/${folder}/**/*.test.ts`).sort());
  return files.length === 0 ? [] : [{ ...tool('ava', '--tap', ...files), speaks: 'tap' }];
}

/** The C tests that this build made: one program each native/test/*.c. */
function nativeTests(): Command[] {
  return globSync('native/test/*.c')
    .sort()
    .map((file) => ({
      file: join(asanFolder, 'test', file.replace(/^.*\/|\.c$/g, '')),
      args: [],
      speaks: 'tap',
    }));
}

function script(file: string, ...args: readonly string[]): Command {
  return { file: process.execPath, args: [file, ...args], speaks: 'nothing' };
}

function npmScript(name: string): Command {
  return { file: 'npm', args: ['run', '--silent', name], speaks: 'nothing' };
}

function tool(name: string, ...args: readonly string[]): Command {
  return { file: join('node_modules/.bin', name), args, speaks: 'nothing' };
}

function onPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
