/** What systemctl says about changes of unit files: install_changes_dump() of systemd's src/shared/install.c, install_error() of src/core/dbus-manager.c. */
import type { InstallChange } from '../../units/install/change.ts';
import { errno } from '../../units/install/errno.ts';
import type { Level } from '../call.ts';

export interface ChangeLine {
  readonly level: Level;
  readonly text: string;
}

type Explain = (errno: number) => string;
type Failure = Extract<InstallChange, { kind: 'error' }>;

/** What was done or found. undefined for an error. */
export function changeLine(change: InstallChange): ChangeLine | undefined {
  const info = (text: string): ChangeLine => ({ level: 'info', text });
  switch (change.kind) {
    case 'symlink':
      return info(`Created symlink ${change.path} → ${change.target}.`);
    case 'unlink':
      return info(`Removed "${change.path}".`);
    case 'masked':
      return info(`Unit ${change.path} is masked, ignoring.`);
    case 'masked-by-generator':
      return info(`Unit ${change.path} is masked via a generator and cannot be unmasked.`);
    case 'dangling':
      return info(`Unit ${change.path} is an alias to a unit that is not present, ignoring.`);
    case 'destination-not-present':
      return {
        level: 'warning',
        text: `Unit ${change.source} is added as a dependency to a non-existent unit ${change.path}.`,
      };
    case 'auxiliary-failed':
      return { level: 'warning', text: `Failed to enable auxiliary unit ${change.path}, ignoring.` };
    case 'error':
      return undefined;
  }
}

/** An error where systemctl does the work itself: without a manager. `verb`: what it failed to do, "enable". */
export function failureOf(verb: string, failure: Failure, explain: Explain): string {
  const { path, source } = failure;
  const failed = `Failed to ${verb} unit, `;
  switch (failure.errno) {
    case errno.EEXIST:
      return `${failed}file "${path}" already exists${source === undefined ? '' : ` and is a symlink to "${source}"`}.`;
    case errno.ERFKILL:
      return `${failed}unit ${path} is masked.`;
    case errno.EADDRNOTAVAIL:
      return `${failed}unit ${path} is transient or generated.`;
    case errno.ETXTBSY:
      return `${failed}file ${path} is under the systemd unit hierarchy already.`;
    case errno.EBADSLT:
      return `${failed}invalid specifier in "${path}".`;
    case errno.EIDRM:
      return `Failed to ${verb} ${source ?? ''}, destination unit ${path} is a non-template unit.`;
    case errno.EUCLEAN:
      return `${failed}"${path}" is not a valid unit name.`;
    case errno.ELOOP:
      return `${failed}refusing to operate on linked unit file ${path}.`;
    case errno.EXDEV:
      return source === undefined
        ? `${failed}invalid unit reference "${path}".`
        : `${failed}cannot alias ${source} as ${path}.`;
    case errno.ENOENT:
      return `${failed}unit ${path} does not exist.`;
    case errno.EUNATCH:
      return `${failed}cannot resolve specifiers in "${path}".`;
    default:
      return `${failed}file "${path}": ${explain(failure.errno)}`;
  }
}

/** The same where the manager does it, and answers with the first error. */
export function managerFailureOf(failure: Failure, explain: Explain): string {
  const { path, source } = failure;
  switch (failure.errno) {
    case errno.EEXIST:
      return `File ${path} already exists${source === undefined ? '' : ` and is a symlink to ${source}`}.`;
    case errno.ERFKILL:
      return `Unit file ${path} is masked.`;
    case errno.EADDRNOTAVAIL:
      return `Unit ${path} is transient or generated.`;
    case errno.ETXTBSY:
      return `File ${path} is under the systemd unit hierarchy already.`;
    case errno.EBADSLT:
      return `Invalid specifier in ${path}.`;
    case errno.EIDRM:
      return `Destination unit ${path} is a non-template unit.`;
    case errno.EUCLEAN:
      return `"${path}" is not a valid unit name.`;
    case errno.ELOOP:
      return `Refusing to operate on alias name or linked unit file: ${path}`;
    case errno.EXDEV:
      return source === undefined ? `Invalid unit reference ${path}.` : `Cannot alias ${source} as ${path}.`;
    case errno.ENOENT:
      return `Unit file ${path} does not exist.`;
    case errno.EUNATCH:
      return `Cannot resolve specifiers in ${path}.`;
    default:
      return `File ${path}: ${explain(failure.errno)}`;
  }
}
