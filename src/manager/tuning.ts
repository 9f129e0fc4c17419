/**
 * CPUAffinity=, CPUScheduling…=, IOScheduling…=, NUMA…=, Personality=, SecureBits=, CoredumpFilter=, MemoryKSM= as fields of
 * `run`, from the text that the unit has kept. A part of the program that is loaded for the first unit that has one of them.
 * Source: man systemd.exec; exec_child() of systemd's src/core/execute.c, and the parsers in load-fragment.c.
 */
import type { HostFiles } from '../host.d.ts';
import { type CpuSet, parseCpuSet } from '../units/values/cpu-set.ts';
import { numaMask, processorsOf } from '../units/values/numa.ts';
import { ioPriority, schedulingPriority } from '../units/values/scheduling.ts';
import { numaPolicies, parseBits, schedulingPolicies, secureBitNames } from '../units/values/word-list.ts';
import type { FrameFields } from '../wire/schema.ts';

const resetOnFork = 0x4000_0000;

/** What the kernel takes for no processor, and for no policy: its refusal comes at its step, with the status of that. */
const noProcessor = new Uint8Array(1);
const noPolicy = 0x7fff;

/** `hardened`: not of a command with the prefix `+`. `files`: NUMA nodes and their processors. */
export function tuningFields(
  accepted: ReadonlyMap<string, string>,
  hardened: boolean,
  files: Pick<HostFiles, 'readFile'>,
): FrameFields<'run'> {
  const get = (key: string): string | undefined => accepted.get(key);
  const mask = numaMask(get('NUMAMask'), files);
  const secureBits = get('SecureBits');
  const affinity = get('CPUAffinity') === 'numa' ? processorsOf(mask, files) : parseCpuSet(get('CPUAffinity') ?? '');
  return {
    cpuAffinity: accepted.has('CPUAffinity') ? bitsOf(affinity ?? []) : undefined,
    ...schedulerFields(accepted),
    ioPriorityPlus1: ioField(accepted),
    ...memoryPolicy(get('NUMAPolicy') ?? (mask.length > 0 ? 'preferred' : undefined), mask),
    personalityPlus1: personality(get('Personality')),
    coredumpFilter: get('CoredumpFilter'),
    secureBits: secureBits === undefined || !hardened ? undefined : parseBits(secureBits.split(' '), secureBitNames),
    memoryMergePlus1: accepted.has('MemoryKSM') ? (get('MemoryKSM') === 'yes' ? 2 : 1) : undefined,
  };
}

/** A priority alone is one of the usual policy, which has none: the kernel refuses it. CPUSchedulingResetOnFork= alone does nothing. */
function schedulerFields(accepted: ReadonlyMap<string, string>): FrameFields<'run'> {
  if (!accepted.has('CPUSchedulingPolicy') && !accepted.has('CPUSchedulingPriority')) return {};
  const word = accepted.get('CPUSchedulingPolicy') ?? 'other';
  const place = schedulingPolicies.split(' ').indexOf(word);
  const flag = accepted.get('CPUSchedulingResetOnFork') === 'yes' ? resetOnFork : 0;
  return {
    cpuPolicyPlus1: (place < 0 ? Number(word) : place) + flag + 1,
    cpuPriority: schedulingPriority(accepted),
  };
}

function ioField(accepted: ReadonlyMap<string, string>): number | undefined {
  const priority = ioPriority(accepted);
  return priority === undefined ? undefined : (priority.class << 13) + priority.level + 1;
}

/** PER_LINUX, or PER_LINUX32 for the second architecture of a machine (personality(2)). */
function personality(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  return /^(?:x86|arm|ppc|s390)$/.test(word) ? 9 : 1;
}

/** `policy`: nodes alone are preferred. More than one cannot be (numa_policy_is_valid() in systemd's src/shared/numa-util.c). */
function memoryPolicy(policy: string | undefined, mask: CpuSet): FrameFields<'run'> {
  if (policy === undefined) return {};
  const isTooMany = policy === 'preferred' && (mask.length > 1 || mask[0]?.[0] !== mask[0]?.[1]);
  const takesNodes = mask.length > 0 && policy !== 'default' && policy !== 'local';
  return {
    numaPolicyPlus1: (isTooMany ? noPolicy : numaPolicies.split(' ').indexOf(policy)) + 1,
    numaNodes: takesNodes ? bitsOf(mask) : undefined,
  };
}

/** As the kernel has them: the first in the lowest bit of the first byte. */
function bitsOf(set: CpuSet): Uint8Array {
  if (set.length === 0) return noProcessor;
  const bytes = new Uint8Array(Math.floor((set.at(-1)?.[1] ?? 0) / 8) + 1);
  for (const [first, last] of set)
    for (let bit = first; bit <= last; bit++) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit & 7));
  return bytes;
}
