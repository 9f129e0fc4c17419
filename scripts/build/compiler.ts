import { execa } from 'execa';

import { BuildFailure } from './failure.ts';

/** How C becomes a program: one that we ship, or one that tells its own memory errors (for tests). */
export interface Variant {
  readonly name: 'release' | 'asan' | 'host';
  readonly compiler: string;
  /** Debian's package that has the compiler, for the message when it is missing. */
  readonly package: string;
  readonly compile: readonly string[];
  readonly link: readonly string[];
}

export const variants = {
  release: {
    name: 'release',
    compiler: process.env['PIDONE_CC'] ?? 'musl-gcc',
    package: 'musl-tools',
    // Sections: the linker leaves out what nothing uses.
    compile: [
      '-O2',
      '-fno-pie',
      '-ffunction-sections',
      '-fdata-sections',
      '-fno-asynchronous-unwind-tables',
      '-fno-ident',
    ],
    link: [
      '-static',
      '-s',
      '-Wl,--gc-sections',
      '-Wl,-z,noexecstack',
      '-Wl,-z,norelro',
      '-Wl,--build-id=none',
      '-Wl,-T,native/layout.ld',
    ],
  },
  asan: {
    name: 'asan',
    compiler: 'gcc',
    package: 'gcc',
    compile: [
      '-O1',
      '-g',
      '-fno-omit-frame-pointer',
      '-fsanitize=address,undefined',
      '-fno-sanitize-recover=all',
      '-D_FORTIFY_SOURCE=0',
    ],
    link: ['-fsanitize=address,undefined'],
  },
} as const satisfies Record<string, Variant>;

/**
 * For what runs during the build: the release's objects, but where PIDONE_CC names a compiler for another machine
 * (aarch64-linux-musl-gcc …).
 */
export const hostVariant: Variant =
  process.env['PIDONE_CC'] === undefined
    ? variants.release
    : { name: 'host', compiler: 'gcc', package: 'gcc', compile: ['-O2'], link: [] };

/** For our own C. The engine's is not held to it. */
export const ownFlags = [
  '-std=c11',
  '-D_GNU_SOURCE',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wconversion',
  '-Wno-sign-conversion',
  '-Wshadow',
  '-Wstrict-prototypes',
  '-Wmissing-prototypes',
  '-Wvla',
  '-Wformat=2',
] as const;

/**
 * Runs a compiler.
 *
 * @throws BuildFailure with what it printed, or naming the package to install when it is not there.
 */
export async function compile(variant: Variant, args: readonly string[]): Promise<void> {
  const result = await execa(variant.compiler, args, { reject: false, all: true });
  if (result.code === 'ENOENT')
    throw new BuildFailure(`Cannot find ${variant.compiler}: install it (Debian: apt-get install ${variant.package}).`);
  if (result.failed) throw new BuildFailure(result.all);
}

/** What the compiler calls itself: a part of the cache's keys. */
export async function compilerVersion(variant: Variant): Promise<string> {
  const result = await execa(variant.compiler, ['-dumpfullversion', '-dumpmachine'], { reject: false });
  if (result.code === 'ENOENT')
    throw new BuildFailure(`Cannot find ${variant.compiler}: install it (Debian: apt-get install ${variant.package}).`);
  return result.stdout;
}
