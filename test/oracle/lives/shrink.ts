/** The smallest part of a life that still differs. */
import { compareLives } from './compare.ts';
import type { Life } from './life.ts';

/** A unit less, a line less, or a command less: all at once, as they cost no more so. */
function smaller(life: Life): readonly Life[] {
  const { units, commands } = life;
  const without = <T>(list: readonly T[], at: number): T[] => list.filter((_, place) => place !== at);
  const fewer = units
    .map((_, at) => ({ ...life, units: without(units, at) }))
    .filter((each) => {
      const names = each.units.map(({ name }) => name);
      return (
        names.length > 0 &&
        JSON.stringify(each)
          .match(/@[a-z]/g)
          ?.every((word) => names.includes(word.slice(1))) !== false
      );
    });
  const shorter = commands.map((_, at) => ({ ...life, commands: without(commands, at) }));
  const lines = units.flatMap((unit, at) =>
    unit.lines.map((_, line) => ({
      ...life,
      units: units.map((each, place) => (place === at ? { ...unit, lines: without(unit.lines, line) } : each)),
    })),
  );
  return [...fewer, ...shorter.filter((each) => each.commands.length > 0), ...lines].filter(isSound);
}

/** Without these it is refused, may fail to be looked at in time, or leaves a core behind. */
function isSound({ units }: Life): boolean {
  return units.every(({ lines }) =>
    ['ExecStart', 'StartLimitIntervalSec', 'TimeoutStopSec', 'LimitCORE', 'DefaultDependencies'].every((key) =>
      lines.some(([, line]) => line.startsWith(`${key}=`)),
    ),
  );
}

/** `tell` hears of each step on the way. */
export async function shrink(life: Life, tell: (problem: string) => void): Promise<void> {
  for (let now: Life | undefined = life; now !== undefined;) {
    const candidates = smaller(now);
    const problems = await compareLives(candidates);
    const [found] = problems;
    now = found === undefined ? undefined : candidates[found[0]];
    if (found !== undefined) tell(found[1]);
  }
}
