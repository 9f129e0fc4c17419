import { availableParallelism } from 'node:os';

/**
 * A gate that lets as many through at once as there are processors; the others wait in the order they came. For
 * machines: more of them at once only make each other late.
 */
export function gate(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let free = availableParallelism();
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free--;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
