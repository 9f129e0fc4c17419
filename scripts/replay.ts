/**
 * npm run replay FILE: what a manager did with PIDONE_RECORD=FILE, done again on Node (under the inspector with
 * `node --inspect-brk scripts/replay.ts FILE`). Tells the first call or effect that differs.
 */
import { readFileSync } from 'node:fs';

import { replay } from './replay/replay.ts';

const file = process.argv[2];
if (file === undefined) {
  console.error('usage: npm run replay FILE');
  process.exit(2);
}
const outcome = await replay(readFileSync(file, 'utf8'));
console.log(`${outcome.events} events, ${outcome.calls} calls of the host, ${outcome.batches} batches of effects`);
if (outcome.difference === undefined) {
  console.log('the same effects');
} else {
  console.error(outcome.difference);
  process.exit(1);
}
