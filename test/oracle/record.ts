// npm run oracle:record [WORD…]: plays the scenarios (those whose name contains a word) on the real systemd, twice, and
// writes what it gave. A scenario that does not give the same both times depends on timing and is not recorded.
import { writeFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { gate } from './gate.ts';
import { loadScenarios, play, recordingFile, type Recording, type Scenario } from './scenario.ts';
import { bootSystemd, systemdMissing, systemdVersion } from './systemd.ts';

const missing = systemdMissing();
if (missing !== undefined) {
  process.stderr.write(`Cannot record: the real systemd ${missing}.\n`);
  process.exit(1);
}

const version = systemdVersion();
const began = performance.now();
const pass = gate();
const stable = await Promise.all(
  loadScenarios(process.argv.slice(2)).map((scenario) => pass(() => record(scenario)).catch(tell)),
);
const seconds = ((performance.now() - began) / 1000).toFixed(1);
const unstable = stable.filter((yes) => !yes).length;
process.stdout.write(
  `${String(stable.length)} scenarios recorded on systemd ${version} in ${seconds} s, ${String(unstable)} unstable\n`,
);
process.exitCode = unstable === 0 ? 0 : 1;

function tell(error: unknown): boolean {
  process.stderr.write(`${String(error)}\n`);
  return false;
}

async function record(scenario: Scenario): Promise<boolean> {
  const steps = await play(scenario, bootSystemd);
  const again = await play(scenario, bootSystemd);
  if (!isDeepStrictEqual(steps, again)) {
    const differing = steps.flatMap((step, i) => (isDeepStrictEqual(step, again[i]) ? [] : [step, again[i]]));
    process.stderr.write(`${scenario.name} is not stable: ${JSON.stringify(differing, null, 2)}\n`);
    return false;
  }
  const recording: Recording = { systemd: version, steps };
  const file = recordingFile(scenario);
  await writeFile(file, await format(JSON.stringify(recording), { ...(await resolveConfig(file)), filepath: file }));
  return true;
}
