/** Units that a program describes: systemd's src/core/dbus-manager.c, method_start_transient_unit(). A part of its own: few need it. */
import type { Host } from '../host.d.ts';
import { isTemplate } from '../units/name.ts';
import type { Unit } from '../units/model.ts';
import type { ManagerError, TransientUnit } from './api.ts';
import type { Core } from './core.ts';
import { dropStreams, removeTransient, streamsLink, transientDirectory } from './transient-files.ts';

export type TransientPort = Pick<
  Host,
  'writeFile' | 'makeDirectory' | 'remove' | 'removeTree' | 'errorText' | 'makeSymlink' | 'readLink'
>;

/**
 * Writes the files and loads the units; when one of them cannot be, none is left. What a file says wrong is refused, and
 * not, as in a file that somebody wrote, passed over.
 */
export function makeTransient(
  host: TransientPort,
  core: Core,
  units: readonly TransientUnit[],
  runtimeDirectory: string,
): ManagerError | undefined {
  for (const { name } of units) {
    if (isTemplate(name)) return { code: 'InvalidArgs', message: `Unit name ${name} is missing the instance name.` };
    if (!isPristine(core, name))
      return { code: 'UnitExists', message: `Unit ${name} was already loaded or has a fragment file.` };
  }
  const problem = write(host, core, units);
  // What is read from now on is what is there now.
  core.world.units.rest();
  if (problem !== undefined) {
    for (const { name } of units) removeTransient(host, name);
    return problem;
  }
  for (const { name, streams } of units) {
    // Of an earlier unit of that name.
    dropStreams(host, runtimeDirectory, name);
    if (streams !== undefined) host.makeSymlink(streams, streamsLink(runtimeDirectory, name));
    core.loadAnew(name);
  }
  return problem;
}

/** Nothing is known of it (unit_is_pristine()). */
function isPristine({ world }: Core, name: TransientUnit['name']): boolean {
  const record = world.records.get(world.names.get(name) ?? name);
  const unit = record?.unit ?? world.units.load(name);
  const isDead = record?.state.type !== 'service' || record.state.service.sub === 'dead';
  return unit.load === 'not-found' && record?.job === undefined && isDead;
}

function write(host: TransientPort, { world }: Core, units: readonly TransientUnit[]): ManagerError | undefined {
  makeDirectories(host);
  for (const { name, text } of units) {
    // SetCredential= and variables of a command line are for root and the unit.
    const errno = host.writeFile(`${transientDirectory}/${name}`, text, 0o600);
    if (errno !== undefined)
      return { code: 'LoadFailed', message: `Failed to write ${transientDirectory}/${name}: ${host.errorText(errno)}` };
  }
  world.units.rest();
  for (const { name } of units) {
    const problem = problemOf(world.units.load(name));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function makeDirectories(host: TransientPort): void {
  for (let slash = transientDirectory.indexOf('/', 1); slash > 0; slash = transientDirectory.indexOf('/', slash + 1))
    host.makeDirectory(transientDirectory.slice(0, slash), 0o755);
  host.makeDirectory(transientDirectory, 0o755);
}

function problemOf(unit: Unit): ManagerError | undefined {
  const own = `${transientDirectory}/${unit.name}`;
  const bad = unit.diagnostics.find(
    ({ file, severity, message }) => file === own && (severity === 'error' || message.endsWith('; ignored')),
  );
  if (bad !== undefined) return { code: 'BadUnitSetting', message: bad.message, unit: unit.name, line: bad.line };
  if (unit.fragmentPath !== own)
    return { code: 'LoadFailed', message: `Unit ${unit.name} was not found where it was written: ${own}` };
  return unit.load === 'loaded' ? undefined : { code: 'BadUnitSetting', message: unit.loadError };
}
