import { once } from 'node:events';
import path from 'node:path';
import { execa } from 'execa';
import { buildTools } from '../oracle/tools.ts';

/** Where a manager stands when the brake has caught it: see test/puppet/brake.c. */
export type Moment = 'event' | 'effects' | 'amid';
export const moments: readonly Moment[] = ['event', 'effects', 'amid'];

export interface Brake {
  /** true: the manager stands at that moment. false: it ended before. */
  readonly caught: Promise<boolean>;
  /** It dies where it stands; resolves when it is gone. */
  kill(): Promise<void>;
  /** It goes on as if nothing had been. */
  letGo(): Promise<void>;
  /** Of no use after that; the manager is left alone. */
  release(): Promise<void>;
}

/** For a box that waits for go(), with PIDONE_RECORD set: its first manager will be caught at the `count`-th line of that kind. */
export async function brake(init: number, moment: Moment, count: number): Promise<Brake> {
  const words = [String(init), moment, String(count)];
  const program = execa(path.join(await buildTools(), 'brake'), words, { reject: false });
  const spoken = async (): Promise<string> =>
    Promise.race([
      once(program.stdout, 'data').then(([said]) => String(said)),
      program.then(({ stderr }) => `over ${stderr}`),
    ]);
  const ready = await spoken();
  if (ready !== 'ready\n') throw new Error(`no brake: ${ready}`);
  let released = false;
  const order = async (word: string): Promise<void> => {
    if (!released) program.stdin.end(`${word}\n`);
    const { exitCode, stderr } = await program;
    // A life may be over just when its manager was caught.
    if (exitCode !== 0 && !released) throw new Error(`the brake: ${stderr}`);
  };
  return {
    caught: spoken().then((word) => word === 'reached\n'),
    kill: () => order('kill'),
    letGo: () => order('go'),
    async release() {
      released = true;
      program.kill('SIGKILL');
      await program;
    },
  };
}
