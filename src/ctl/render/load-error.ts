/** Why a unit does not load, in the words of systemd's bus; what exactly is wrong is in the unit's log, with file and line. */
import { loadError } from '../../graph/transaction/error.ts';
import type { Unit } from '../../units/model.ts';

/** "Unit x.service is masked."; '' for a unit that is loaded. */
export function loadSentence({ name, load, loadErrno }: Unit): string {
  return load === 'loaded' ? '' : loadError(name, load, loadErrno).message;
}

/** LoadError= of `show`: the error's name on the bus, and the sentence. */
export function loadErrorText(unit: Unit): string {
  const { name, load, loadErrno } = unit;
  if (load === 'loaded') return '';
  const { code, message } = loadError(name, load, loadErrno);
  const known =
    code === 'LoadFailed'
      ? (errnoNames.get(loadErrno) ?? 'org.freedesktop.DBus.Error.Failed')
      : `org.freedesktop.systemd1.${code}`;
  return `${known} "${message}"`;
}

/** bus_standard_errors of systemd's src/libsystemd/sd-bus/bus-error.c. */
const errnoNames: ReadonlyMap<string, string> = new Map([
  ['Bad message', 'org.freedesktop.DBus.Error.InconsistentMessage'],
  ['Permission denied', 'org.freedesktop.DBus.Error.AccessDenied'],
  ['Operation not permitted', 'org.freedesktop.DBus.Error.AccessDenied'],
  ['Invalid argument', 'org.freedesktop.DBus.Error.InvalidArgs'],
  ['Input/output error', 'org.freedesktop.DBus.Error.IOError'],
]);
