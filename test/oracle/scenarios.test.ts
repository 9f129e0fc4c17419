// Every scenario runs on pidone and must give what the real systemd gave when it was recorded. Where the real systemd
// can be booted, every tenth also runs there, so that the recordings stay true.
import test from 'ava';
import { gate } from './gate.ts';
import { bootPidone, bootPrivilegedPidone, pidoneMissing } from './pidone.ts';
import { loadScenarios, play, readRecording } from './scenario.ts';
import { bootSystemd, systemdMissing, systemdVersion } from './systemd.ts';

const LIVE_SAMPLE = 10;

const scenarios = loadScenarios();
const canBoot = pidoneMissing() === undefined;
const live = systemdMissing() === undefined && recordedHere() ? test : test.skip;
const pass = gate();
let agreeing = 0;
let compared = 0;

for (const scenario of scenarios) {
  const onPidone = !canBoot ? test.skip : scenario.notYet === undefined ? test : test.failing;
  onPidone(`${scenario.name}: ${scenario.title}`, async (t) => {
    const recording = readRecording(scenario);
    if (recording === undefined) return t.fail('nobody has recorded it: npm run oracle:record');
    compared++;
    const steps = await pass(() => play(scenario, scenario.privileged ? bootPrivilegedPidone : bootPidone));
    if (t.deepEqual(steps, recording.steps)) agreeing++;
  });
}

for (const scenario of scenarios.filter((_, index) => index % LIVE_SAMPLE === 0)) {
  live(`the recording of ${scenario.name} is what systemd gives`, async (t) => {
    t.deepEqual(await pass(() => play(scenario, bootSystemd)), readRecording(scenario)?.steps);
  });
}

test.after.always((t) => {
  if (compared > 0) t.log(`${String(agreeing)} of ${String(compared)} scenarios agree with systemd`);
});

/** Another release of systemd may rightly answer otherwise. */
function recordedHere(): boolean {
  const recordings = scenarios.map(readRecording).filter((recording) => recording !== undefined);
  return recordings.some((recording) => recording.systemd === systemdVersion());
}
