/** pidone's transactions beside systemd's, from nothing. */
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { name } from '../../fake/unit.ts';
import { askSystemd } from './ask-systemd.ts';
import { fileOf, randomGraphs, toldOf } from './graph.ts';
import type { RandomGraph } from './graph.ts';
import { difference } from './plan.ts';
import { systemOf } from './load.ts';

/**
 * Random units, asked of `systemd --test`: which jobs start the first of them, which are left out, and what is told about cycles. Throws at
 * the first difference, with the smallest graph that shows it. Without a seed it is another one each time, and is told.
 */
export async function compareStarts(runs: number, seed?: number): Promise<void> {
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
    { ...(seed === undefined ? {} : { seed }), numRuns: runs, includeErrorInReport: true },
  );
}

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
