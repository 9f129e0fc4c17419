/** Reads many inputs as unit files on Node and on the engine that we ship, each in processes of its own, and compares. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { fuzzProgram, projectRoot } from '../../scripts/build/layout.ts';
import { joinCorpus } from './engine/corpus.ts';

/** What should not be: an input that throws or hangs somewhere, or of which the two do not say the same. */
export interface Finding {
  readonly number: number;
  readonly input: string;
  readonly what: string;
}

/** No machine is so slow: an input takes a millisecond. A process that hangs is ended, and its inputs are tried by halves. */
const hangSeconds = (inputs: number): number => 60 + inputs / 10;

interface Engine {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const engines: readonly Engine[] = [
  { name: 'the engine', command: [path.join(projectRoot, fuzzProgram)] },
  { name: 'Node', command: [process.execPath, path.join(import.meta.dirname, 'node.ts')] },
];

/** `inputs` are strings of bytes; `first` is the number of the first one. */
export async function compareEngines(inputs: readonly string[], first: number): Promise<readonly Finding[]> {
  const directory = mkdtempSync(path.join(tmpdir(), 'pidone-fuzz-'));
  try {
    const reports = await Promise.all(engines.map((engine) => reportOf(engine, directory, inputs, first)));
    return inputs.flatMap((input, index) => {
      const [ours, nodes] = reports.map((report) => report[index] ?? 'nothing');
      const number = first + index;
      if (ours === nodes && !isBad(ours)) return [];
      return [{ number, input, what: `${engines.map(({ name }) => name).join(' and ')}: ${ours} and ${nodes}` }];
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function isBad(line = ''): boolean {
  return !/^[0-9a-f]{16}$/.test(line);
}

/** What the engine says of each input. */
async function reportOf(
  engine: Engine,
  directory: string,
  inputs: readonly string[],
  first: number,
): Promise<readonly string[]> {
  const file = path.join(directory, `${engine.name}-${String(first)}-${String(inputs.length)}`);
  writeFileSync(file, joinCorpus(inputs), 'latin1');
  const [program, ...words] = engine.command;
  const timeout = hangSeconds(inputs.length) * 1000;
  const options = { reject: false, timeout, forceKillAfterDelay: 1000 } as const;
  const result = await execa(program, [...words, file, String(first)], options);
  rmSync(file);
  if (!result.failed) return result.stdout.split('\n').map((line) => line.slice(line.indexOf(' ') + 1));
  if (inputs.length === 1) return [result.timedOut ? 'hangs' : `${result.shortMessage} ${result.stderr.slice(0, 300)}`];
  const middle = Math.ceil(inputs.length / 2);
  return [
    ...(await reportOf(engine, directory, inputs.slice(0, middle), first)),
    ...(await reportOf(engine, directory, inputs.slice(middle), first + middle)),
  ];
}

/** For a test's message: the worst five, with what makes them come again. */
export function tellFindings(findings: readonly Finding[]): string {
  const shown = findings.slice(0, 5).map(({ number, input, what }) => {
    return `input ${String(number)}: ${what}\n${JSON.stringify(input.slice(0, 4000))}`;
  });
  return `${String(findings.length)} findings\n${shown.join('\n')}`;
}
