/** What a unit's sandbox puts into the `run` frame. Most units ask for none: what knows more is a part of its own. */
import type { Host, HostFacts, HostFiles } from '../../host.d.ts';
import type { ExecCommand } from '../../units/exec-model.ts';
import type { Unit } from '../../units/model.ts';
import type { FrameFields } from '../../wire/schema.ts';
import type * as Part from './part.ts';

export interface SandboxPort {
  readonly files: Pick<HostFiles, 'readFile' | 'realPath'>;
  readonly facts: Pick<HostFacts, 'kernel'>;
  readonly load: Host['load'];
  readonly runtimeDirectory: string;
}

/** What belongs to this invocation. */
export interface SandboxContext {
  readonly invocation: string;
  readonly notifyPath: string;
  /** Of this command: RootDirectory=, or ''. */
  readonly rootDirectory: string;
}

export type SandboxFields = Pick<
  FrameFields<'run'>,
  'seccomp' | 'seccompOf' | 'mounts' | 'mountRoot' | 'mountsOf' | 'propagation' | 'namespaces'
>;

/** Of all settings that are kept as text, those that concern a sandbox begin so. */
const words =
  /^(?:SystemCall|Restrict|Protect|Private|MemoryDeny|LockPersonality|DynamicUser|ReadWrite|ReadOnly|Inaccessible|ExecPaths|NoExec|Bind|Temporary|ProcSubset|Mount)/;

export function sandboxFields(
  unit: Unit,
  command: ExecCommand,
  context: SandboxContext,
  port: SandboxPort,
): SandboxFields {
  const { accepted } = unit;
  if (context.rootDirectory === '' && (accepted.size === 0 || ![...accepted.keys()].some((key) => words.test(key))))
    return {};
  const { sandboxOf } = port.load('manager/sandbox/part.ts') as typeof Part;
  return sandboxOf(unit, command, context, port);
}

/** The outer directories of PrivateTmp=, where a unit has it: nobody else can know the name before they are there. */
export function privateTmp({ name, accepted }: Unit, invocation: string): readonly [string, string] | undefined {
  if (accepted.size === 0) return undefined;
  if ((accepted.get('PrivateTmp') ?? 'no') === 'no' && accepted.get('DynamicUser') !== 'yes') return undefined;
  const folder = `systemd-private-${invocation}-${name}-${invocation.slice(0, 6)}`;
  return [`/tmp/${folder}`, `/var/tmp/${folder}`];
}
