/** Where the build reads and writes, relative to the project's folder, and the lists that name what it makes. */

import { homedir } from 'node:os';
import { join } from 'node:path';

/** The project's folder: every other path here is relative to it, and the build runs in it. */
export const projectRoot = join(import.meta.dirname, '..', '..');

/**
 * The parts of the program: what the host starts with, and what it loads when first asked for (`load` in src/host.d.ts).
 * Each becomes a module of its own, named as its file below src/ with `.js`; what several of them import becomes modules
 * that they share. Those that do not exist (yet) are left out.
 */
export const programParts = [
  'src/main.ts',
  'src/offline.ts',
  'src/units/accepted-kinds.ts',
  'src/ctl/serve.ts',
  'src/manager/path/part.ts',
  'src/manager/timer/part.ts',
  'src/manager/socket/part.ts',
  'src/manager/bus/part.ts',
  'src/units/sysv/scripts.ts',
  'src/ctl/file-verbs.ts',
  'src/ctl/journalctl.ts',
  'src/ctl/analyze.ts',
  'src/ctl/escape.ts',
  'src/ctl/cat.ts',
  'src/main/conditions.ts',
  'src/manager/tuning.ts',
  'src/manager/secrets.ts',
  'src/ctl/run.ts',
  'src/manager/transient.ts',
  'src/manager/scope/part.ts',
  'src/manager/dynamic-user.ts',
  'src/manager/shared-memory.ts',
  'src/manager/sandbox/part.ts',
  'src/units/system-calls/rules.ts',
] as const;

/** What every boot reads, with all it imports: names (atoms) that others use besides are made when those are read. */
const firstParts = ['src/main.ts'] as const;

/**
 * Parts that, with all they import, lie in the binary as the engine reads them: each boot or most commands need them. The others are
 * packed: half the size, and a millisecond more for each 50 KB when first asked for.
 */
const quickParts = ['src/main.ts', 'src/offline.ts', 'src/ctl/serve.ts', 'src/main/conditions.ts'] as const;

/** Names under which the binary is called, each a relative link to it beside it. */
export const commandLinks = [
  'systemctl',
  'journalctl',
  'systemd-analyze',
  'systemd-escape',
  'systemd-run',
  'systemd-cat',
] as const;

/** TypeScript that becomes bytecode in a program of its own. */
export interface Product {
  /** Unique; in the names of the build's steps. */
  readonly name: string;
  readonly parts: readonly string[];
  /** Those of them that the host starts with … */
  readonly first: readonly string[];
  /** … and, these among them, those that are not packed. */
  readonly quick: readonly string[];
  /** Modules are named as their files below it. */
  readonly base: string;
  /** What its modules depend on; globs. */
  readonly sources: readonly string[];
  /** Folders the build writes. */
  readonly bundleFolder: string;
  readonly generatedFolder: string;
}

/** Folders the build writes. */
export const buildFolder = 'build';
export const shipped: Product = {
  name: '',
  parts: programParts,
  first: firstParts,
  quick: quickParts,
  base: 'src',
  sources: ['src/**/*.ts'],
  bundleFolder: 'build/bundle',
  generatedFolder: 'build/gen',
};
/** The same C with another offline.ts: reads a corpus of unit files (test/fuzz/). */
export const fuzzer: Product = {
  name: 'fuzz-',
  parts: ['test/fuzz/engine/offline.ts'],
  first: ['test/fuzz/engine/offline.ts'],
  quick: ['test/fuzz/engine/offline.ts'],
  base: 'test/fuzz/engine',
  sources: ['src/**/*.ts', 'test/fuzz/engine/*.ts', 'test/units/voice.ts'],
  bundleFolder: 'build/fuzz/bundle',
  generatedFolder: 'build/fuzz/gen',
};
/** Called by this name the program asks no manager (native/client.c). */
export const fuzzProgram = 'build/fuzz/systemd-fuzz';
export const binFolder = 'build/root/bin';
export const asanFolder = 'build/asan';

/** The name, and the bound of the size in bytes, of what we ship: DESIGN's budget of 1.5 MB. */
export const programName = 'pidone';
export const programSizeLimit = 1_500_000;

/** What is dear to make and outlives `rm -rf build`: engine source and objects, by content. */
export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'pidone');
}
