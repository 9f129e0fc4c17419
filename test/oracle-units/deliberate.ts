/** Where pidone's `show` is not systemd's, and why. docs/compatibility.md says the same to users. */

import { parseUnitName } from '../../src/units/name.ts';
import { findStandIn } from '../../src/units/stand-ins.ts';

export interface Difference {
  readonly id: string;
  readonly property: string;
  /** undefined: it does not print the property. */
  readonly systemd: string | undefined;
  readonly pidone: string | undefined;
  /** All that systemd says of the unit. */
  readonly unit: ReadonlyMap<string, string>;
}

/** The reason why this is as it should be, or undefined. */
export function deliberate(difference: Difference): string | undefined {
  return rules.find(({ properties, when }) => properties.test(difference.property) && (when?.(difference) ?? true))
    ?.reason;
}

interface Rule {
  readonly reason: string;
  readonly properties: RegExp;
  readonly when?: (difference: Difference) => boolean;
}

/** Its own dependencies, or what others' dependencies on it are called. */
const needs =
  /^(Requires|RequiredBy|Requisite|RequisiteOf|Wants|WantedBy|BindsTo|BoundBy|Upholds|UpheldBy|PartOf|ConsistsOf|OnFailure|OnFailureOf|OnSuccess|OnSuccessOf|SliceOf)$/;

/** pidone has its own, which goes before that of systemd's package. */
const tmpfiles = 'systemd-tmpfiles-setup.service';

const rules: readonly Rule[] = [
  {
    reason: 'what tmpfiles.d asks for is made in pidone’s own way',
    properties: /./,
    when: ({ id, systemd, pidone }) => id === tmpfiles || withoutTmpfiles(systemd) === withoutTmpfiles(pidone),
  },
  {
    reason: 'pidone has it as a newer systemd does',
    properties:
      /^(RestartMode|RestartSteps|RestartMaxDelayUSec|FileDescriptorStorePreserve|StatusBusError|ReloadSignal)$/,
    when: ({ systemd }) => systemd === undefined,
  },
  {
    reason: 'what may be cleaned is also the store of descriptors, as in a newer systemd',
    properties: /^CanClean$/,
    when: ({ systemd = '', pidone }) => pidone === `${systemd} fdstore`.trim(),
  },
  {
    reason: 'of a unit that cannot be loaded each shows what it had understood till then',
    properties: /^(Type|OOMPolicy|StandardOutput|TimeoutStartUSec|Environment|Exec.*|Requires|After|NeedDaemonReload)$/,
    when: ({ unit }) => unit.get('LoadState') !== 'loaded',
  },
  {
    reason: 'mounts and swaps are the work of the container’s engine',
    properties: /./,
    when: ({ id }) => /\.(mount|automount|swap)$/.test(id),
  },
  {
    reason: 'mounts that the machine has by itself are units of systemd only',
    properties: /^(After|Before|Requires|RequiredBy|Wants|WantedBy|Conflicts|ConflictedBy|RequiresMountsFor)$/,
    when: ({ systemd, pidone }) => withoutMounts(systemd) === withoutMounts(pidone),
  },
  {
    reason: 'what is no service, or is not run here, cannot be frozen',
    properties: /^CanFreeze$/,
    when: ({ pidone }) => pidone === 'no',
  },
  {
    reason: 'no limit of tasks is set by the manager; a part of what the machine has is shown as it is written',
    properties: /^TasksMax$/,
    when: ({ pidone = '' }) => pidone === 'infinity' || pidone.endsWith('%'),
  },
  {
    reason: 'groups of system calls are those of a newer systemd',
    properties: /^SystemCall(Filter|Log)$/,
    when: ({ systemd = '', pidone = '' }) =>
      systemd ===
      pidone
        .split(' ')
        .filter((name) => !youngerCalls.has(name.replace('~', '')))
        .join(' '),
  },
  { reason: 'limits that a unit does not set are the container’s', properties: /^Limit[A-Z]+(Soft)?$/ },
  {
    reason: 'systemctl 252 cannot print conditions; pidone does',
    properties: /^(Conditions|Asserts)$/,
    when: ({ systemd, pidone }) => systemd === '[unprintable]' && pidone !== '',
  },
  {
    reason: 'what is not run here needs nobody',
    properties: needs,
    when: ({ id, systemd, pidone }) =>
      isStandIn(id)
        ? withoutStandIns(pidone) === '' || withoutStandIns(systemd) === withoutStandIns(pidone)
        : withoutStandIns(systemd) === withoutStandIns(pidone),
  },
  {
    reason: 'stand-ins: what a container’s engine or pidone itself does counts as done',
    properties: /^(ActiveState|SubState)$/,
    when: ({ id }) => !id.endsWith('.target'),
  },
];

function isStandIn(name: string): boolean {
  const unit = parseUnitName(name.replace(/^"(.*)"$/, '$1').replaceAll('\\\\', '\\'));
  return unit !== undefined && findStandIn(unit, `/u/${unit}`) !== undefined;
}

function withoutStandIns(list = ''): string {
  return list
    .split(' ')
    .filter((word) => !isStandIn(word))
    .join(' ');
}

function withoutMounts(list = ''): string {
  return list
    .split(' ')
    .filter((word) => !/\.mount"?$|^\//.test(word))
    .join(' ');
}

/** All of them, for the documentation's test. */
export const reasons: readonly string[] = rules.map(({ reason }) => reason);

/** What groups of systemd 257 have that 252, or its libseccomp, does not know. */
const youngerCalls: ReadonlySet<string> = new Set(
  'file_getattr file_setattr fstatat getxattrat landlock_add_rule landlock_create_ruleset landlock_restrict_self listmount listxattrat llseek lsm_get_self_attr lsm_list_modules mseal newfstat removexattrat riscv_hwprobe seccomp setxattrat statmount sys_debug_setcontext uretprobe'.split(
    ' ',
  ),
);

function withoutTmpfiles(names: string | undefined): string | undefined {
  return names
    ?.split(' ')
    .filter((name) => name !== tmpfiles)
    .join(' ');
}
