/**
 * set-property: drop-ins of systemd's own, which the next reading of the files finds. systemd changes limits of control groups by it while a unit
 * runs; a container's are its engine's, so they are kept as any other that is only accepted, which is told.
 */
import { findDirective } from '../../units/directives.ts';
import { mangleUnitName, type UnitName, unitType } from '../../units/name.ts';
import { formatFragment } from '../../units/syntax/fragment-format.ts';
import { complain, type ManagedCall } from '../call.ts';
import { type PlannedLine, planProperties } from './plan.ts';

const header =
  '# This is a drop-in unit file extension, created via "systemctl set-property"\n# or an equivalent operation. Do not edit.\n';

export async function setProperty(call: ManagedCall): Promise<number> {
  const { api, options } = call;
  const [word = '', ...assignments] = call.words;
  const name = mangleUnitName(word);
  if (name === undefined) return refuse(call, 'Failed to mangle unit name: Invalid argument');
  const planned = planProperties(unitType(name), assignments);
  if (!planned.ok) return refuse(call, planned.message);
  const view = api.view(name);
  const cannot = (why: string): Promise<number> => refuse(call, `Failed to set unit properties on ${name}: ${why}`);
  if (view.unit.load === 'not-found') return cannot(`Unit ${name} not found.`);
  const fixed = planned.value.find((line) => !isLive(line));
  if (fixed !== undefined)
    return cannot(
      `Cannot set property ${fixed.key}, or unknown property.\n${fixed.key}= cannot be set while the unit runs: write it into a drop-in (systemctl edit ${name}).`,
    );
  const directory = `${options.runtime ? '/run' : '/etc'}/systemd/system.control/${view.unit.name}.d`;
  const problem = write(call, view.unit.name, directory, planned.value);
  if (problem !== undefined) return refuse(call, problem);
  await api.reload();
  const limits = planned.value.filter(isLimit).map(({ key }) => `${key}=`);
  if (limits.length > 0 && !options.quiet)
    await complain(
      call,
      `Kept, and without effect: pidone has no control groups of its own; give ${limits.join(', ')} to the container's engine.`,
      'notice',
    );
  return 0;
}

/** Of what systemd can change while a unit runs. */
function isLive(line: PlannedLine): boolean {
  return isLimit(line) || line.key === 'Description';
}

function isLimit({ section, key }: PlannedLine): boolean {
  return findDirective(section, key)?.home === 'resources';
}

/** What went wrong; then nothing is left. */
function write(
  { services }: ManagedCall,
  name: UnitName,
  directory: string,
  lines: readonly PlannedLine[],
): string | undefined {
  const { files } = services;
  for (let slash = directory.indexOf('/', 1); slash > 0; slash = directory.indexOf('/', slash + 1))
    files.makeDirectory(directory.slice(0, slash), 0o755);
  files.makeDirectory(directory, 0o755);
  /** What was there before; undefined: nothing. */
  const written = new Map<string, string | undefined>();
  const undo = (why: string): string => {
    for (const [path, text] of written) {
      if (text === undefined) files.remove(path);
      else files.writeFile(path, text, 0o644);
    }
    return why;
  };
  for (const line of lines) {
    const path = `${directory}/50-${line.key}.conf`;
    const before = files.readFile(path, 65536);
    // Several values of one setting are one file.
    const text = written.has(path) && typeof before === 'string' ? before : header;
    if (!written.has(path)) written.set(path, typeof before === 'string' ? before : undefined);
    const errno = files.writeFile(path, text + formatFragment([line]), 0o644);
    if (errno !== undefined) return undo(`Failed to set unit properties on ${name}: ${files.errorText(errno)}`);
    const bad = services
      .units()
      .load(name)
      .diagnostics.some(({ file }) => file === path);
    if (bad) return undo(`Failed to parse ${line.given ?? line.key}: Invalid argument`);
  }
  return undefined;
}

async function refuse(call: ManagedCall, sentence: string): Promise<number> {
  await complain(call, sentence);
  return 1;
}
