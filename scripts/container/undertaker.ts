import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';

/** Removes something when asked to, and also when this process ends, in whatever way: kill -9 included. */
export interface Undertaker {
  /** Does it now, and resolves when it is done. May be called again. */
  readonly remove: () => Promise<void>;
}

/**
 * A child in a session of its own that waits for the end of its standard input, which is our end of a pipe, and then
 * becomes the command.
 */
export function createUndertaker(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Undertaker {
  const child = spawn('sh', ['-c', 'cat >/dev/null; exec "$@"', 'sh', program, ...args], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: { ...process.env, ...environment },
  });
  // To wait for our end is its matter, not ours.
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  const gone = once(child, 'exit');
  return {
    remove: async () => {
      child.ref();
      child.stdin.end();
      await gone;
    },
  };
}
