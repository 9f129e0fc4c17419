/** The filter of a command, for all architectures that the machine runs. */
import { architecturesOf, x32Bit } from '../../units/system-calls/calls.ts';
import { actions, assemble, type Section } from './bpf.ts';
import { fatesOf, type Settings } from './policy.ts';

/** Settings that a filter is made for, in the order in which they are told. `yes`: those that are on or off. */
const switches =
  'MemoryDenyWriteExecute RestrictRealtime RestrictSUIDSGID LockPersonality ProtectHostname ProtectClock ProtectKernelModules ProtectKernelLogs ProtectKernelTunables PrivateDevices';
const lists = 'SystemCallFilter SystemCallLog SystemCallArchitectures RestrictAddressFamilies RestrictNamespaces';

/** Keys of those that ask for a filter. */
export function filteredBy(settings: Settings): readonly string[] {
  return [
    ...lists
      .split(' ')
      .filter((key) => settings.has(key) && !(key === 'RestrictNamespaces' && settings.get(key) === 'no')),
    ...switches.split(' ').filter((key) => settings.get(key) === 'yes'),
  ];
}

/** `machine`: of uname(2). undefined: nothing is asked for, or nobody knows its system calls. */
export function seccompProgram(settings: Settings, machine: string, personality: number): Uint8Array | undefined {
  const architectures = architecturesOf(machine);
  if (architectures.length === 0 || filteredBy(settings).length === 0) return undefined;
  const allowed = settings.get('SystemCallArchitectures')?.split(' ');
  const kill = { rules: [], action: actions.killThread };
  const sections: Section[] = architectures.map(({ name, word, audit }, at) => {
    const base = name === 'x32' ? x32Bit : 0;
    // The machine's own is never kept out.
    if (at > 0 && allowed?.includes(word) === false) return { audit, base, fates: new Map(), rest: kill };
    return { audit, base, ...fatesOf(settings, name, personality) };
  });
  return assemble(sections, allowed === undefined ? actions.allow : actions.killThread);
}
