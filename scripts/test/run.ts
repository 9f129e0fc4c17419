import { execa } from 'execa';

import type { Command, Layer } from './layers.ts';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Runs a layer's commands, shows what failed as it is told, and counts. A command that ends badly without naming a
 * failure (it crashed, or took too long) counts as one.
 */
export async function runLayer(layer: Layer, commands: readonly Command[]): Promise<Counts> {
  const deadline = AbortSignal.timeout(layer.minutes * 60_000);
  let total: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const command of commands) total = add(total, await runCommand(command, deadline));
  return total;
}

export function add(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

async function runCommand(command: Command, deadline: AbortSignal): Promise<Counts> {
  const child = execa(command.file, command.args, {
    reject: false,
    all: true,
    buffer: false,
    stdin: 'ignore',
    cancelSignal: deadline,
    forceKillAfterDelay: 5000,
    env: { PATH: `${process.cwd()}/node_modules/.bin:${process.env['PATH'] ?? ''}` },
  });
  const reader = command.speaks === 'tap' ? new TapReader() : undefined;
  const said: string[] = [];
  for await (const line of child.iterable({ from: 'all' })) {
    if (reader === undefined) said.push(line);
    else if (reader.read(line)) console.log(`    ${line}`);
  }
  const result = await child;
  const counts = reader?.counts() ?? { passed: result.failed ? 0 : 1, failed: 0, skipped: 0 };
  if (!result.failed) return counts;

  if (reader === undefined) for (const line of said) console.log(`    ${line}`);
  if (counts.failed > 0) return counts;
  const why = result.isCanceled ? 'took too long' : result.shortMessage;
  console.log(`    ${why}`);
  return { ...counts, failed: 1 };
}

/** Reads TAP (testanything.org) line by line: counts, and tells which lines a person wants to see. */
class TapReader {
  #passed = 0;
  #failed = 0;
  #skipped = 0;
  /** The lines below a failure tell why. */
  #inFailure = false;

  /** @returns whether the line is worth showing. */
  read(line: string): boolean {
    const [, not, directive] = /^(not )?ok\b(?:.*?#\s*(skip|todo)\b)?/i.exec(line) ?? [];
    if (/^(?:not )?ok\b/.test(line)) {
      this.#inFailure = false;
      if (directive !== undefined) {
        this.#skipped += 1;
        return true;
      }
      if (not === undefined) {
        this.#passed += 1;
        return false;
      }
      this.#failed += 1;
      this.#inFailure = true;
      return true;
    }
    if (/^(?:TAP version|1\.\.\d|# (?:tests|pass|fail|skip|todo)\b)|^\s*$/.test(line)) return false;
    // What a test prints that passes is of no interest; AVA marks it as a comment.
    return this.#inFailure || !line.startsWith('#');
  }

  counts(): Counts {
    return { passed: this.#passed, failed: this.#failed, skipped: this.#skipped };
  }
}
