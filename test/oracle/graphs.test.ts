// Random units, asked of `systemd --test`: which jobs start the first of them, which are left out, and what is told about cycles.
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { name } from '../fake/unit.ts';
import { askSystemd } from './graphs/ask-systemd.ts';
import { fileOf, randomGraphs, toldOf } from './graphs/graph.ts';
import type { RandomGraph } from './graphs/graph.ts';
import { difference } from './graphs/plan.ts';
import { systemOf } from './graphs/load.ts';
import { systemdMissing } from './systemd.ts';

/** More are asked for by night, and other ones each time. */
const nightly = process.env['PIDONE_GRAPHS'];
const runs = Number(nightly ?? 100);
const seed = nightly === undefined ? { seed: 252 } : {};

const onSystemd = systemdMissing() === undefined ? test : test.skip;

onSystemd(`${String(runs)} random graphs are started with the jobs that systemd starts them with`, async (t) => {
  t.timeout(runs * 1000 + 60_000);
  await fc.assert(
    fc.asyncProperty(randomGraphs('shapes'), async (graph) => {
      const anchor = graph[0].name;
      // As a boot is: what may be isolated is.
      const mode = graph[0].flags.includes('AllowIsolate=yes') ? 'isolate' : 'replace';
      const answer = await answerOf(graph, anchor);
      const system = systemOf(graph);
      system.core.load(name(anchor));
      const problem = difference(system.scene(), { unit: name(anchor), type: 'start', mode }, answer);
      if (problem !== undefined) throw new Error(`${problem}\n${toldOf(graph)}`);
    }),
    { ...seed, numRuns: runs, includeErrorInReport: true },
  );
  t.pass();
});

/** What systemd gives for the graph, in a folder of its own. */
async function answerOf(graph: RandomGraph, anchor: string): ReturnType<typeof askSystemd> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pidone-graph-'));
  try {
    await chmod(folder, 0o755);
    for (const unit of graph) {
      const text = fileOf(unit);
      if (unit.kind === 'masked') await symlink('/dev/null', path.join(folder, unit.name));
      else if (text !== undefined) await writeFile(path.join(folder, unit.name), text);
    }
    return await askSystemd(folder, anchor);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
