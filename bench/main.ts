/**
 * npm run bench [-- -n SERVICES] [--repeat TIMES] [--json FILE] [SUPERVISOR…]
 *
 * Everything happens in a mount namespace of its own, on a tmpfs over /mnt, which is gone when this process is. What
 * lasts is the peers' packages, packed, in the cache folder.
 */
import { mkdirSync } from 'node:fs';

import { execa } from 'execa';

import { measure, measureUp, type Life } from './measure.ts';
import type { MeasureKey } from './measures.ts';
import { parseOptions, usage, type Options } from './options.ts';
import { peersLayer } from './peers/layer.ts';
import { budgetTable, verdicts } from './report/budgets.ts';
import { writeJson } from './report/json.ts';
import { describeMachine, load } from './report/machine.ts';
import { resultTable } from './report/table.ts';
import type { Results } from './samples.ts';
import { buildTools } from './stage/tools.ts';
import type { Place } from './stage/stage.ts';
import { sh } from './supervisors/shells.ts';
import type { Supervisor } from './supervisors/supervisor.ts';

const insideMark = 'PIDONE_BENCH_INSIDE';

const options = parseOptions(process.argv.slice(2));
if (options === undefined || typeof options === 'string') {
  if (options !== undefined) console.error(options);
  console.log(usage);
  process.exitCode = options === undefined ? 0 : 2;
} else if (process.getuid?.() !== 0) {
  console.error('The bench needs root, for the namespaces that its supervisors run in.');
  process.exitCode = 1;
} else if (process.env[insideMark] === undefined) {
  const alone = ['--pdeathsig', 'TERM', 'unshare', '--mount', '--propagation', 'private', process.execPath];
  const { exitCode } = await execa('setpriv', [...alone, import.meta.filename, ...process.argv.slice(2)], {
    stdio: 'inherit',
    reject: false,
    env: { [insideMark]: 'yes' },
  });
  process.exitCode = exitCode ?? 1;
} else {
  await run(options, await preparePlace());
}

async function preparePlace(): Promise<Place> {
  const folder = '/mnt';
  await execa('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'bench', folder]);
  const tools = `${folder}/tools`;
  await buildTools(tools);
  const layer = await peersLayer(folder);
  mkdirSync(`${folder}/stages`);
  return { folder: `${folder}/stages`, layer, tools };
}

async function run({ services, repeat, json, supervisors }: Options, place: Place): Promise<void> {
  const times: number[] = [];
  const loads: number[] = [];
  const calibrate = async (): Promise<void> => {
    times.push(await measureUp(place, sh, services));
    loads.push(load());
  };
  const results: Results[] = [];
  for (const supervisor of supervisors) {
    const missing = supervisor.missing?.();
    if (missing !== undefined) {
      console.log(`${supervisor.name} is left out: ${missing}`);
      continue;
    }
    const lives: Life[] = [];
    for (let time = 0; time < repeat; time++) {
      await calibrate();
      process.stderr.write(`${supervisor.name}${repeat > 1 ? ` (${time + 1} of ${repeat})` : ''} …\n`);
      lives.push(await measure(place, supervisor, services));
    }
    results.push(gather(supervisor, lives));
  }
  await calibrate();
  const calibration = { times, loads };
  const judged = verdicts(results, services);
  console.log(`\n${describeMachine(calibration, services)}\n\n${resultTable(results)}`);
  if (judged.length > 0) console.log(`\n${budgetTable(judged)}`);
  if (json !== undefined) writeJson(json, { services, results, verdicts: judged, calibration });
}

function gather({ name, control }: Supervisor, lives: readonly Life[]): Results {
  const samples = new Map<MeasureKey, number[]>();
  for (const { values } of lives)
    for (const [key, value] of values) samples.set(key, [...(samples.get(key) ?? []), value]);
  const said = (words: readonly string[]): string => [...new Set(words)].join(', ');
  return {
    name,
    supervises: control !== undefined,
    samples,
    told: said(lives.map(({ told }) => told)),
    tree: said(lives.map(({ tree }) => tree)),
    notes: [...new Set(lives.flatMap(({ notes }) => notes))],
  };
}
