import test from 'ava';
import { tuningFields } from '../../src/manager/tuning.ts';
import { ioPriority, schedulingPriority } from '../../src/units/values/scheduling.ts';
import { fakeHost } from '../fake/host.ts';
import { loadUnit } from '../fake/load-unit.ts';

const node = '/sys/devices/system/node';
const host = fakeHost({
  files: { [`${node}/possible`]: '0-1\n', [`${node}/node0/cpulist`]: '0-3\n', [`${node}/node1/cpulist`]: '8,10\n' },
});

/** The fields that these settings give, without those that are left out. */
function fields(settings: string, hardened = true): object {
  const { accepted } = loadUnit(`[Service]\nExecStart=/bin/a\n${settings.replaceAll(' | ', '\n')}\n`);
  return Object.fromEntries(
    Object.entries(tuningFields(accepted, hardened, host)).filter(([, value]) => value !== undefined),
  );
}

const rules: readonly (readonly [rule: string, settings: string, fields: object])[] = [
  ['processors are bits, the first in the lowest', 'CPUAffinity=0-2 9', { cpuAffinity: new Uint8Array([7, 2]) }],
  ['an empty CPUAffinity= is none', 'CPUAffinity=1 | CPUAffinity=', {}],
  [
    'numa is the processors of the nodes',
    'CPUAffinity=numa | NUMAPolicy=local | NUMAMask=1',
    { cpuAffinity: new Uint8Array([0, 5]), numaPolicyPlus1: 5 },
  ],
  [
    'all is every node',
    'CPUAffinity=numa | NUMAPolicy=local | NUMAMask=all',
    { cpuAffinity: new Uint8Array([15, 5]), numaPolicyPlus1: 5 },
  ],
  ['numa without nodes is refused by the kernel', 'CPUAffinity=numa', { cpuAffinity: new Uint8Array(1) }],
  [
    'a node that there is not, too',
    'CPUAffinity=numa | NUMAPolicy=local | NUMAMask=5',
    { cpuAffinity: new Uint8Array(1), numaPolicyPlus1: 5 },
  ],
  ['a realtime policy has at least priority 1', 'CPUSchedulingPolicy=rr', { cpuPolicyPlus1: 3, cpuPriority: 1 }],
  [
    'a priority after its policy is as it is written',
    'CPUSchedulingPolicy=fifo | CPUSchedulingPriority=0',
    { cpuPolicyPlus1: 2, cpuPriority: 0 },
  ],
  [
    'a policy after its priority brings it into its bounds',
    'CPUSchedulingPriority=7 | CPUSchedulingPolicy=batch',
    { cpuPolicyPlus1: 4, cpuPriority: 0 },
  ],
  ['a priority alone is one of the usual policy', 'CPUSchedulingPriority=7', { cpuPolicyPlus1: 1, cpuPriority: 7 }],
  [
    'reset on fork is a bit of the policy',
    'CPUSchedulingPolicy=idle | CPUSchedulingResetOnFork=yes',
    { cpuPolicyPlus1: 0x4000_0006, cpuPriority: 0 },
  ],
  ['reset on fork alone does nothing', 'CPUSchedulingResetOnFork=yes', {}],
  ['a class has level 4', 'IOSchedulingClass=idle', { ioPriorityPlus1: (3 << 13) + 5 }],
  ['a level alone is best-effort', 'IOSchedulingPriority=1', { ioPriorityPlus1: (2 << 13) + 2 }],
  [
    'class none is best-effort, level 4',
    'IOSchedulingPriority=1 | IOSchedulingClass=none',
    { ioPriorityPlus1: (2 << 13) + 5 },
  ],
  [
    'a memory policy has its nodes',
    'NUMAPolicy=bind | NUMAMask=1',
    { numaPolicyPlus1: 3, numaNodes: new Uint8Array([2]) },
  ],
  ['nodes alone are preferred', 'NUMAMask=1', { numaPolicyPlus1: 2, numaNodes: new Uint8Array([2]) }],
  ['local takes no nodes', 'NUMAPolicy=local | NUMAMask=1', { numaPolicyPlus1: 5 }],
  [
    'two nodes cannot be preferred',
    'NUMAPolicy=preferred | NUMAMask=0-1',
    { numaPolicyPlus1: 0x8000, numaNodes: new Uint8Array([3]) },
  ],
  ['the machine’s own personality', 'Personality=x86-64', { personalityPlus1: 1 }],
  ['that of 32 bits', 'Personality=x86', { personalityPlus1: 9 }],
  ['kinds of memory in a core dump', 'CoredumpFilter=default shared-dax', { coredumpFilter: '0x133' }],
  ['secure bits', 'SecureBits=noroot keep-caps-locked', { secureBits: 33 }],
  ['merging of memory may be switched off, too', 'MemoryKSM=no', { memoryMergePlus1: 1 }],
];

for (const [rule, settings, expected] of rules)
  test(`Tuning: ${rule} (${settings})`, (t) => {
    t.deepEqual(fields(settings), expected);
  });

test('A command with the prefix + is tuned as the others, and has no secure bits', (t) => {
  t.deepEqual(fields('SecureBits=noroot | Personality=x86', false), { personalityPlus1: 9 });
});

test('What show says of priorities is what the kernel is told', (t) => {
  const { accepted } = loadUnit('[Service]\nExecStart=/bin/a\nCPUSchedulingPolicy=rr\nIOSchedulingClass=none\n');
  t.is(schedulingPriority(accepted), 1);
  t.deepEqual(ioPriority(accepted), { class: 2, level: 4 });
  t.is(ioPriority(new Map()), undefined);
});
