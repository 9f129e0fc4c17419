import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Machine } from './machine.ts';
import { normalise } from './normalise.ts';

/** One folder of test/scenarios: what to do, and the units to do it with. */
export interface Scenario {
  readonly name: string;
  /** The rule that it shows. */
  readonly title: string;
  readonly commands: readonly string[];
  readonly units: string;
  /** Why pidone is known to differ, from a line "Not yet: …". */
  readonly notYet?: string;
  /** A line "Privileged": pidone has all capabilities, as systemd has. */
  readonly privileged: boolean;
  /** What both inits' machines have in their environment besides: of a line "Forbidden: …". */
  readonly environment: readonly string[];
}

/** A command and what came of it, normalised. Empty output is left out, so that recordings stay short. */
export interface Step {
  readonly command: string;
  readonly status: number;
  readonly stdout?: readonly string[];
  readonly stderr?: readonly string[];
}

/** What expected.json holds. */
export interface Recording {
  readonly systemd: string;
  readonly steps: readonly Step[];
}

const NOT_YET = 'Not yet: ';
const FORBIDDEN = 'Forbidden: ';

export const SCENARIOS = path.join(import.meta.dirname, '../scenarios');

/** All scenarios whose name contains one of the words; all when there is none. */
export function loadScenarios(words: readonly string[] = []): readonly Scenario[] {
  return readdirSync(SCENARIOS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && (words.length === 0 || words.some((word) => entry.name.includes(word))))
    .map((entry) => loadScenario(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Reads scenario.txt, whose form test/scenarios/README.md describes. */
function loadScenario(name: string): Scenario {
  const folder = path.join(SCENARIOS, name);
  const lines = readFileSync(path.join(folder, 'scenario.txt'), 'utf8').split('\n');
  const commands = lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2));
  const notYet = lines.find((line) => line.startsWith(NOT_YET))?.slice(NOT_YET.length);
  const units = path.join(folder, 'units');
  const privileged = lines.includes('Privileged');
  const forbidden = lines.find((line) => line.startsWith(FORBIDDEN))?.slice(FORBIDDEN.length);
  const environment = forbidden === undefined ? [] : [`ORACLE_FORBID=${forbidden}`];
  return {
    name,
    title: lines[0] ?? '',
    commands,
    units,
    privileged,
    environment,
    ...(notYet === undefined ? {} : { notYet }),
  };
}

/** What systemd gave, or undefined when nobody has recorded it. */
export function readRecording(scenario: Scenario): Recording | undefined {
  const file = recordingFile(scenario);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Recording) : undefined;
}

export function recordingFile(scenario: Scenario): string {
  return path.join(SCENARIOS, scenario.name, 'expected.json');
}

/** Boots, runs the commands one after another, and takes the machine down whatever happens. */
export async function play(
  scenario: Scenario,
  boot: (units: string, environment: readonly string[]) => Promise<Machine>,
): Promise<readonly Step[]> {
  const machine = await boot(scenario.units, scenario.environment);
  try {
    const steps: Step[] = [];
    for (const command of scenario.commands) {
      const { status, stdout, stderr } = await machine.run(command);
      steps.push({ command, status, ...lines('stdout', stdout), ...lines('stderr', stderr) });
    }
    return steps;
  } finally {
    await machine.down();
  }
}

function lines<Stream extends string>(stream: Stream, text: string): Partial<Record<Stream, string[]>> {
  if (text === '') return {};
  return { [stream]: normalise(text).replace(/\n$/, '').split('\n') } as Record<Stream, string[]>;
}
