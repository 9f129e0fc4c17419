/** The sandbox of a command, a part of the program that is loaded with the first unit that asks for one. */
import { impliedByDynamicUser, isDynamic } from '../../units/dynamic-user.ts';
import type { SandboxFields, SandboxPort } from './fields.ts';
import type { Settings } from './policy.ts';
import { filteredBy, seccompProgram } from './program.ts';

export function sandboxOf(accepted: Settings, port: SandboxPort): SandboxFields {
  const settings = isDynamic(accepted) ? new Map([...accepted, ...impliedByDynamicUser(accepted)]) : accepted;
  const keys = filteredBy(settings);
  if (keys.length === 0) return {};
  return {
    seccomp: seccompProgram(settings, port.facts.kernel().machine, personality(settings, port)),
    seccompOf: keys.map((key) => `${key}=`).join(' '),
  };
}

/** LockPersonality= keeps the one that is set, or that there is: PER_LINUX 0, or PER_LINUX32 8. */
function personality(settings: Settings, { files }: SandboxPort): number {
  const own = settings.get('Personality');
  if (own !== undefined) return own === 'x86' || own === 'arm' ? 8 : 0;
  const text = files.readFile('/proc/self/personality', 64);
  return typeof text === 'string' && (parseInt(text, 16) & 0xffff) === 8 ? 8 : 0;
}
