/**
 * npm test [-- LAYER…], npm run nightly
 *
 * Runs all layers of scripts/test/layers.ts but the nightly one, or those named (and the builds that they try), and ends with
 * "N passed, N failed". What cannot run on this machine is named with its reason; with CI=true in the environment that
 * is a failure.
 */

import { layers, type Layer } from './test/layers.ts';
import { add, runLayer, type Counts } from './test/run.ts';

const names = process.argv.slice(2);
const unknown = names.filter((name) => !layers.some((layer) => layer.name === name));
if (unknown.length > 0) {
  console.error(`Unknown layer: ${unknown.join(', ')}. There are: ${layers.map((layer) => layer.name).join(', ')}.`);
  process.exit(2);
}
process.chdir(`${import.meta.dirname}/..`);

const skips: string[] = [];
let total: Counts = { passed: 0, failed: 0, skipped: 0 };
/** Layers that failed, or could not run: who needs them does not run either. */
const undone = new Set<string>();
for (const layer of layers) if (isWanted(layer)) total = add(total, await turn(layer));

const strict = process.env['CI'] === 'true';
if (skips.length > 0) {
  console.log(`\nNot run${strict ? ' (a failure, as CI=true)' : ''}:`);
  for (const skip of skips) console.log(`  ${skip}`);
}
const failed = total.failed + (strict ? skips.length : 0);
console.log(`\n${String(total.passed)} passed, ${String(failed)} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Named, or what a named one must have. */
function isWanted({ name, nightly }: Layer): boolean {
  if (names.length === 0) return nightly !== true;
  return layers.some((layer) => names.includes(layer.name) && [layer.name, ...(layer.after ?? [])].includes(name));
}

async function turn(layer: Layer): Promise<Counts> {
  const nothing = { passed: 0, failed: 0, skipped: 0 };
  const unmet = layer.needs.filter((need) => !need.met());
  if (unmet.length > 0) {
    skips.push(`${layer.name}: needs ${unmet.map((need) => need.name).join(', ')}`);
    undone.add(layer.name);
    return nothing;
  }
  const lacking = layer.after?.find((name) => undone.has(name));
  if (lacking !== undefined) {
    skips.push(`${layer.name}: needs the layer ${lacking}`);
    return nothing;
  }
  const commands = layer.commands();
  if (commands.length === 0) {
    skips.push(`${layer.name}: has no tests`);
    return nothing;
  }
  console.log(layer.name);
  const start = performance.now();
  const counts = await runLayer(layer, commands);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`  ${String(counts.passed)} passed, ${String(counts.failed)} failed (${seconds} s)`);
  if (counts.failed > 0) undone.add(layer.name);
  if (counts.skipped > 0) skips.push(`${layer.name}: ${String(counts.skipped)} tests, marked above`);
  return counts;
}
