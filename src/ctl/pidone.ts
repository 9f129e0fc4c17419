/** pidone's own verbs, and systemctl's under pidone's name. */
import type * as AnalyzePart from './analyze.ts';
import { sceneAtRest } from './at-rest.ts';
import { ownVersionText } from './front.ts';
import { planDot, planText } from '../graph/explain.ts';
import { buildTransaction } from '../graph/transaction/build.ts';
import { mangleUnitName } from '../units/name.ts';
import type { ClientPort, Invocation, Services } from './port.ts';
import { pidoneHelp } from './render/help.ts';
import { harmless } from './render/text.ts';
import { runSystemctl } from './systemctl.ts';

export async function runPidone(services: Services, invocation: Invocation, client: ClientPort): Promise<number> {
  const [verb = '--help', ...words] = invocation.arguments;
  switch (verb) {
    case '--version':
      await client.stdout(ownVersionText(services));
      return 0;
    case '--help':
    case '-h':
    case 'help':
      await client.stdout(pidoneHelp);
      return 0;
    case 'plan':
      return plan(services, words, client);
    case 'check':
      return (services.load('ctl/analyze.ts') as typeof AnalyzePart).check(services, invocation, words, client);
    default:
      return runSystemctl(services, invocation, client);
  }
}

/** The start transaction of a unit as if nothing ran yet: text, or --dot for Graphviz. */
async function plan(services: Services, words: readonly string[], client: ClientPort): Promise<number> {
  const isDot = words.includes('--dot');
  const [word, ...more] = words.filter((each) => each !== '--dot');
  if (word === undefined || more.length > 0) return refuse(client, 'Usage: pidone plan [--dot] UNIT');
  const name = mangleUnitName(word);
  if (name === undefined) return refuse(client, `Invalid unit name: ${word}`);
  const scene = sceneAtRest(services.units(), name);
  const built = buildTransaction(scene, { unit: scene.start, type: 'start', mode: 'replace' });
  if (!built.ok) return refuse(client, `Cannot start ${name}: ${built.error.message}`);
  await client.stdout((isDot ? planDot : planText)(scene.graph, built.transaction));
  return 0;
}

async function refuse(client: ClientPort, sentence: string): Promise<number> {
  await client.stderr(`${harmless(sentence)}\n`);
  return 1;
}
