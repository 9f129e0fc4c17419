// Unit files that nobody wrote (inputs.ts), on Node and on the engine that is shipped. The nightly layer has more of them.
import test from 'ava';
import { compareEngines, tellFindings } from './engines.ts';
import { inputs } from './inputs.ts';
import { seedsOf } from './seeds.ts';

const chunk = 2500;

for (const first of [0, chunk])
  test(`No unit file throws or hangs, and both engines make the same of it: inputs from ${String(first)}`, async (t) => {
    const findings = await compareEngines(inputs(seedsOf(), first, chunk), first);
    t.deepEqual(findings, [], tellFindings(findings));
  });
