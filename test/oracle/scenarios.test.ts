// Every scenario runs on pidone and must give what the real systemd gave when it was recorded. Where the real systemd
// can be booted, every tenth also runs there, so that the recordings stay true.
import test from 'ava';
import { gate } from './gate.ts';
import { bootPidone, bootPrivilegedPidone, pidoneMissing } from './pidone.ts';
import { report } from './report.ts';
import { loadScenarios, play, readRecording, type Scenario } from './scenario.ts';
import { bootSystemd, systemdMissing, systemdVersion } from './systemd.ts';

const LIVE_SAMPLE = 10;

const scenarios = loadScenarios();
const canBoot = pidoneMissing() === undefined;
const live = systemdMissing() === undefined && recordedHere() ? test : test.skip;
const pass = gate();
const compared: Scenario[] = [];
const agreeing = new Set<Scenario>();

for (const scenario of scenarios) {
  const onPidone = !canBoot ? test.skip : scenario.notYet === undefined ? test : test.failing;
  onPidone(`${scenario.name}: ${scenario.title}`, async (t) => {
    const recording = readRecording(scenario);
    if (recording === undefined) return t.fail('nobody has recorded it: npm run oracle:record');
    compared.push(scenario);
    const steps = await pass(() => play(scenario, scenario.privileged ? bootPrivilegedPidone : bootPidone));
    if (t.deepEqual(steps, recording.steps)) agreeing.add(scenario);
  });
}

for (const scenario of scenarios.filter((_, index) => index % LIVE_SAMPLE === 0)) {
  live(`the recording of ${scenario.name} is what systemd gives`, async (t) => {
    t.deepEqual(await pass(() => play(scenario, bootSystemd)), readRecording(scenario)?.steps);
  });
}

// Printed, not logged: whoever runs the layer is to see it, also when all agree.
test.after.always(() => {
  if (compared.length === 0) return;
  const versions = compared.flatMap((scenario) => readRecording(scenario)?.systemd ?? []);
  const inOrder = scenarios.filter((scenario) => compared.includes(scenario));
  process.stdout.write(`${report(inOrder, (scenario) => agreeing.has(scenario), versions).join('\n')}\n`);
});

/** Another release of systemd may rightly answer otherwise. */
function recordedHere(): boolean {
  const recordings = scenarios.map(readRecording).filter((recording) => recording !== undefined);
  return recordings.some((recording) => recording.systemd === systemdVersion());
}
