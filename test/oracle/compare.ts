// npm run oracle:compare [WORD…]: plays the scenarios (those whose name contains a word) on the built pidone and prints
// where it differs from the recording: "-" is what systemd gave, "+" is what pidone gives.
import { isDeepStrictEqual } from 'node:util';
import { gate } from './gate.ts';
import { bootPidone, bootPrivilegedPidone, pidoneMissing } from './pidone.ts';
import { report } from './report.ts';
import { loadScenarios, play, readRecording, type Scenario, type Step } from './scenario.ts';

const missing = pidoneMissing();
if (missing !== undefined) {
  process.stderr.write(`Cannot compare: pidone ${missing}.\n`);
  process.exit(1);
}

const pass = gate();
const scenarios = loadScenarios(process.argv.slice(2));
const agreeing = new Set<Scenario>();
await Promise.all(
  scenarios.map(async (scenario) => {
    if (await pass(() => compare(scenario))) agreeing.add(scenario);
  }),
);
const versions = scenarios.flatMap((scenario) => readRecording(scenario)?.systemd ?? []);
const lines = report(scenarios, (scenario) => agreeing.has(scenario), versions);
process.stdout.write(`${lines.join('\n')}\n`);
process.exitCode = agreeing.size === scenarios.length ? 0 : 1;

async function compare(scenario: Scenario): Promise<boolean> {
  const expected = readRecording(scenario)?.steps ?? [];
  let actual: readonly Step[];
  try {
    actual = await play(scenario, scenario.privileged ? bootPrivilegedPidone : bootPidone);
  } catch (error) {
    process.stdout.write(`${scenario.name}: ${String(error)}\n\n`);
    return false;
  }
  const differing = actual.filter((step, index) => !isDeepStrictEqual(step, expected[index]));
  if (differing.length === 0) return true;
  process.stdout.write(`${scenario.name}: ${scenario.title}\n`);
  for (const step of differing) {
    process.stdout.write(`  $ ${step.command}\n`);
    process.stdout.write(differences(outcome(expected[actual.indexOf(step)]), outcome(step)));
  }
  process.stdout.write('\n');
  return false;
}

function outcome(step: Step | undefined): readonly string[] {
  if (step === undefined) return ['not recorded'];
  const errors = (step.stderr ?? []).map((line) => `stderr: ${line}`);
  return [`status ${String(step.status)}`, ...(step.stdout ?? []), ...errors];
}

function differences(expected: readonly string[], actual: readonly string[]): string {
  const gone = expected.filter((line) => !actual.includes(line)).map((line) => `    - ${line}\n`);
  const come = actual.filter((line) => !expected.includes(line)).map((line) => `    + ${line}\n`);
  return gone.length + come.length === 0 ? '    (the same lines in another order)\n' : [...gone, ...come].join('');
}
