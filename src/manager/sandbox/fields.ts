/** What a unit's sandbox puts into the `run` frame. Most units ask for none: what knows more is a part of its own. */
import type { Host, HostFacts, HostFiles } from '../../host.d.ts';
import type { ExecCommand } from '../../units/exec-model.ts';
import type { Unit } from '../../units/model.ts';
import { type FrameFields, keyringModes } from '../../wire/schema.ts';
import type { Space } from '../spaces.ts';
import type * as Part from './part.ts';

export interface SandboxPort {
  readonly files: Pick<HostFiles, 'readFile' | 'realPath'>;
  readonly facts: Pick<HostFacts, 'kernel'>;
  readonly load: Host['load'];
  readonly runtimeDirectory: string;
  readonly uid: number;
}

/** What belongs to this invocation. */
export interface SandboxContext {
  readonly space: Space | undefined;
  readonly notifyPath: string;
  /** Of this command: RootDirectory=, or ''. */
  readonly rootDirectory: string;
}

export type SandboxFields = Pick<
  FrameFields<'run'>,
  | 'seccomp'
  | 'seccompOf'
  | 'mounts'
  | 'mountRoot'
  | 'mountsOf'
  | 'propagation'
  | 'namespaces'
  | 'keyring'
  | 'privateUsers'
  | 'spaces'
  | 'networkPath'
  | 'ipcPath'
  | 'spacesList'
>;

/** Of all settings that are kept as text, those that concern a sandbox begin so. */
const words =
  /^(?:SystemCall|Restrict|Protect|Private|MemoryDeny|LockPersonality|DynamicUser|ReadWrite|ReadOnly|Inaccessible|ExecPaths|NoExec|Bind|Temporary|ProcSubset|Mount|Network|IPC)/;

export function sandboxFields(
  unit: Unit,
  command: ExecCommand,
  context: SandboxContext,
  port: SandboxPort,
): SandboxFields {
  const { accepted } = unit;
  if (context.rootDirectory === '' && (accepted.size === 0 || ![...accepted.keys()].some((key) => words.test(key))))
    return keyringOf(unit);
  const { sandboxOf } = port.load('manager/sandbox/part.ts') as typeof Part;
  return { ...keyringOf(unit), ...sandboxOf(unit, command, context, port) };
}

/** KeyringMode=: by default private of a service, shared with the user's of another unit. */
function keyringOf({ accepted, service }: Unit): SandboxFields {
  const written = accepted.get('KeyringMode');
  if (written === undefined) return service === undefined ? { keyring: keyringModes.shared } : {};
  const mode = written === 'inherit' || written === 'shared' ? keyringModes[written] : 0;
  return { keyring: keyringModes.written | mode };
}

/** Where units that share namespaces find each other: a file for each space. */
export function spacesDirectory(runtimeDirectory: string): string {
  return `${runtimeDirectory}/spaces`;
}

/** The outer directories of PrivateTmp=, for /tmp and /var/tmp: nobody else can know the name before they are there. */
export function temporaryDirectories({ of, id }: Space): readonly [string, string] {
  const folder = `systemd-private-${id}-${of}-${id.slice(0, 6)}`;
  return [`/tmp/${folder}`, `/var/tmp/${folder}`];
}
