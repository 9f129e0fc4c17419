/** What a unit's sandbox puts into the `run` frame. Most units ask for none: what knows more is a part of its own. */
import type { Host, HostFacts, HostFiles } from '../../host.d.ts';
import type { ExecCommand, Unit } from '../../units/model.ts';
import type { FrameFields } from '../../wire/schema.ts';
import type * as Part from './part.ts';

export interface SandboxPort {
  readonly files: Pick<HostFiles, 'readFile'>;
  readonly facts: Pick<HostFacts, 'kernel'>;
  readonly load: Host['load'];
}

export type SandboxFields = Pick<FrameFields<'run'>, 'seccomp' | 'seccompOf'>;

/** Of all settings that are kept as text, those that concern a sandbox begin so. */
const words = /^(?:SystemCall|Restrict|Protect|Private|MemoryDeny|LockPersonality|DynamicUser)/;

/** A command with `+` is as privileged as pidone. */
export function sandboxFields(unit: Unit, command: ExecCommand, port: SandboxPort): SandboxFields {
  if (command.privilege === '+' || ![...unit.accepted.keys()].some((key) => words.test(key))) return {};
  const { sandboxOf } = port.load('manager/sandbox/part.ts') as typeof Part;
  return sandboxOf(unit.accepted, port);
}
