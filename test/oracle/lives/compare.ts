/** The same lives on systemd and on pidone. */
import { bootPidone } from '../pidone.ts';
import { bootSystemd } from '../systemd.ts';
import { toldOf } from './life.ts';
import type { Life } from './life.ts';
import { play } from './play.ts';
import type { Seen } from './play.ts';

/** So many on one machine. */
const BATCH = 40;

/** How often each side may show what else it can make of a life: what several processes do at once is left to chance. */
const PATIENCE = 3;

/** A life, and all that each side has made of it so far. */
interface Compared {
  readonly life: Life;
  readonly expected: Map<string, Seen>;
  readonly given: Map<string, Seen>;
}

/** What differs, life by life, by its place in the list; nothing: pidone gave of each what systemd gives too. */
export async function compareLives(lives: readonly Life[]): Promise<ReadonlyMap<number, string>> {
  const all = lives.map((life): Compared => ({ life, expected: new Map(), given: new Map() }));
  let open: readonly Compared[] = all;
  for (let round = 0; round <= PATIENCE && open.length > 0; round += 1) {
    for (let at = 0; at < open.length; at += BATCH) await playBoth(open.slice(at, at + BATCH));
    open = open.filter(({ expected, given }) => ![...given.keys()].some((key) => expected.has(key)));
  }
  // Of what systemd itself makes something else each time nothing can be learned.
  open = open.filter(({ expected }) => expected.size <= PATIENCE);
  return new Map(open.map((each) => [all.indexOf(each), `${toldOf(each.life)}\n${told(each)}`]));
}

async function playBoth(batch: readonly Compared[]): Promise<void> {
  const lives = batch.map(({ life }) => life);
  const [expected, given] = await Promise.all([play(bootSystemd, lives), play(bootPidone, lives)]);
  for (const [at, each] of batch.entries()) {
    const [theirs = [], ours = []] = [expected[at], given[at]];
    each.expected.set(theirs.join('\0'), theirs);
    each.given.set(ours.join('\0'), ours);
  }
}

/** The first step that differs, line by line. */
function told(compared: Compared): string {
  const [theirs = []] = compared.expected.values();
  const [ours = []] = compared.given.values();
  const at = theirs.findIndex((step, place) => step !== ours[place]);
  const [wanted = [], had = []] = [theirs[at], ours[at]].map((step) => step?.split('\n') ?? []);
  const missing = wanted.filter((line) => !had.includes(line)).map((line) => `  - ${line}`);
  const added = had.filter((line) => !wanted.includes(line)).map((line) => `  + ${line}`);
  const counts = `${String(compared.expected.size)} and ${String(compared.given.size)} different answers`;
  const whole = ['systemd:', ...wanted, 'pidone:', ...had].map((line) => `    ${line}`);
  return [`after command ${String(at + 1)} (- systemd, + pidone; ${counts}):`, ...missing, ...added, ...whole].join(
    '\n',
  );
}
