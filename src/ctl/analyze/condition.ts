import { placeOf } from '../../units/diagnostic.ts';
import { openUnits } from '../../units/load.ts';
import type { Condition, Unit } from '../../units/model.ts';
import type { UnitName } from '../../units/name.ts';
import { complain } from '../call.ts';
import type { FileStatus, HostFiles } from '../port.ts';
import { type AnalyzeCall, refuse } from './call.ts';

type Test = (condition: Condition) => boolean | undefined;

/** The conditions and asserts of a unit, or those of the command line, with what became of each. */
export async function condition(call: AnalyzeCall): Promise<number> {
  const { options, services, words } = call;
  const test = services.testCondition;
  if (test === undefined) throw new Error('internal error: conditions are tested where the tool runs');
  let unit: Unit;
  if (options.unit !== undefined) {
    unit = services.units(options.root).load(options.unit);
    if (unit.load !== 'loaded') return refuse(call, whyNot(unit));
  } else {
    const odd = words.find((word) => !isCondition(call, word));
    if (odd !== undefined) return refuse(call, `Cannot parse "${odd}".`);
    unit = unitOf(call, words);
    for (const diagnostic of unit.diagnostics) await complain(call, `(cmdline): ${diagnostic.message}`, 'warning');
  }
  const asserts = await tell(call, unit, 'Assert', unit.common.asserts, test);
  const conditions = await tell(call, unit, 'Condition', unit.common.conditions, test);
  return asserts && conditions ? 0 : 1;
}

function whyNot(unit: Unit): string {
  if (unit.load === 'not-found') return `Unit ${unit.name} not found.`;
  if (unit.load === 'masked') return `Unit ${unit.name} is masked.`;
  const [first] = unit.diagnostics;
  return first === undefined ? `Unit ${unit.name} cannot be loaded.` : `${placeOf(first)}: ${first.message}`;
}

const own = 'test.service' as UnitName;

/** `ConditionPathExists=/x`, blanks around the `=` allowed; of a kind that units may have. */
function isCondition(call: AnalyzeCall, word: string): boolean {
  const key = /^((?:Condition|Assert)[A-Za-z]+)[ \t\n\r]*=[^\n]*$/.exec(word)?.[1];
  if (key === undefined) return false;
  return !unitOf(call, [`${key}=`]).diagnostics.some(({ message }) => message.startsWith('Unknown key'));
}

/** A unit that no disk has, with these lines. */
function unitOf({ services }: AnalyzeCall, lines: readonly string[]): Unit {
  const text = `[Unit]\n${lines.map((line) => `${line}\n`).join('')}[Service]\nExecStart=/bin/true\n`;
  const { options } = services.units();
  return openUnits(oneFile(text), { ...options, root: '', searchPath: [directory] }).load(own);
}

const directory = '/cmdline';
const noEntry = 2 as Exclude<ReturnType<HostFiles['status']>, FileStatus>;

/** A disk with this one file. */
function oneFile(text: string): Pick<HostFiles, 'readFile' | 'readDirectory' | 'status' | 'readLink' | 'realPath'> {
  const file = `${directory}/${own}`;
  const status = (type: 'file' | 'directory'): FileStatus => ({
    type,
    size: text.length,
    mode: 0o644,
    uid: 0,
    gid: 0,
    modified: 0,
    identity: type,
  });
  return {
    readFile: (path) => (path === file ? text : noEntry),
    readDirectory: (path) => (path === directory ? [{ name: own, type: 'file' }] : noEntry),
    status: (path) => (path === file ? status('file') : path === directory ? status('directory') : noEntry),
    readLink: () => noEntry,
    realPath: (path) => (path === file ? path : noEntry),
  };
}

/** Whether all are met, or of the `|` ones one is. systemd looks at the last one first, and no further than to the first that is not met. */
async function tell(
  call: AnalyzeCall,
  unit: Unit,
  word: 'Assert' | 'Condition',
  conditions: readonly Condition[],
  test: Test,
): Promise<boolean> {
  if (conditions.length === 0) return true;
  const isMet = await testAll(call, unit, word, conditions, test);
  await complain(call, `${word}s ${isMet ? 'succeeded' : 'failed'}.`, 'notice');
  return isMet;
}

async function testAll(
  call: AnalyzeCall,
  unit: Unit,
  word: string,
  conditions: readonly Condition[],
  test: Test,
): Promise<boolean> {
  let isTriggered: boolean | undefined;
  for (const one of conditions.toReversed()) {
    const answer = test(one);
    const isMet = answer === true;
    const { kind, trigger, negate, parameter } = one;
    const told = `${word}${kind}=${trigger ? '|' : ''}${negate ? '!' : ''}${parameter}`;
    if (answer === undefined) {
      const sentence = `Couldn't determine result for ${told}, assuming failed: Invalid argument`;
      await complain(call, `${unit.name}: ${sentence}`, 'warning');
    } else await complain(call, `${unit.name}: ${told} ${isMet ? 'succeeded' : 'failed'}.`, 'info');
    if (trigger) isTriggered = isTriggered === true || isMet;
    else if (!isMet) return false;
  }
  return isTriggered !== false;
}
