/** Where pidone's `show` is not systemd's, and why. docs/compatibility.md says the same to users. */

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

/** Not for ever: their values are shown as they are written, or not at all, until the table parses them. */
const unparsed =
  /^(OOMPolicy|NonBlocking|SystemCall.*|Protect.*|Private.*|Restrict.*|RemoveIPC|DynamicUser|User|Group|NoNewPrivileges|LockPersonality|MemoryDenyWriteExecute|SecureBits|IOScheduling.*|CPUScheduling.*|LoadCredential|UtmpIdentifier|PAMName|Syslog.*|ReadWrite.*|ReadOnly.*|Inaccessible.*|BindReadOnlyPaths|LogRateLimit.*|PermissionsStartOnly|CapabilityBoundingSet|Memory.*|ManagedOOM.*|TasksMax|IPAddress.*|Delegate.*|Device.*|Listen|Timers.*|Persistent|RandomizedDelayUSec|AccuracyUSec|Paths|ReceiveBuffer|SendBuffer|ExecStartPre|FixedRandomDelay|TriggerLimitBurst|SocketMode|RemoveOnStop|KeepAlive|Accept|CanClean|UnitFilePreset|UnitFileState|[A-Za-z]+Sec)$/;

const rules: readonly Rule[] = [
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
    properties: /^(Type|StandardOutput|TimeoutStartUSec|Environment|Exec.*|Requires|After|NeedDaemonReload)$/,
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
    reason: 'no limit of tasks is set by the manager',
    properties: /^TasksMax$/,
    when: ({ pidone }) => pidone === 'infinity',
  },
  { reason: 'limits that a unit does not set are the container’s', properties: /^Limit[A-Z]+(Soft)?$/ },
  {
    reason: 'systemctl 252 cannot print conditions; pidone does',
    properties: /^(Conditions|Asserts)$/,
    when: ({ systemd, pidone }) => systemd === '[unprintable]' && pidone !== '',
  },
  { reason: 'not parsed yet', properties: unparsed },
  {
    reason: 'stand-ins: what a container’s engine or pidone itself does counts as done',
    properties: /^(ActiveState|SubState)$/,
    when: ({ id }) => !id.endsWith('.target'),
  },
];

function withoutMounts(list = ''): string {
  return list
    .split(' ')
    .filter((word) => !/\.mount"?$|^\//.test(word))
    .join(' ');
}
