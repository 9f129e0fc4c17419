/* eslint max-lines: off -- a table */
import type { Group, Section } from './directives.ts';

/**
 * What only documentation and D-Bus need of directives, apart from the table (directives.ts): the manager never loads this. By section or
 * group, a line each: key, version of systemd that brought it (empty: 201 or before, or not told), D-Bus signature, default as
 * `systemctl show` has it (empty: none), D-Bus property if it has another name. Sources: man pages of systemd 257, `systemctl show` of 252.
 */
const lines: Readonly<Record<Section | Group, string>> = {
  Unit: `
Description||s|name of the unit
Documentation||as
SourcePath||s
Requires||as
RequiresOverridable||as||Requires
Requisite||as
RequisiteOverridable||as||Requisite
Wants||as
BindsTo||as
BindTo||as||BindsTo
Upholds|249|as
Conflicts||as
Before||as
After||as
OnSuccess|249|as
OnFailure||as
PropagatesReloadTo||as
PropagateReloadTo||as||PropagatesReloadTo
ReloadPropagatedFrom||as
PropagateReloadFrom||as||ReloadPropagatedFrom
PropagatesStopTo|249|as
StopPropagatedFrom|249|as
PartOf||as
JoinsNamespaceOf|209|as
RequiresMountsFor||as
StopWhenUnneeded||b|no
RefuseManualStart||b|no
RefuseManualStop||b|no
AllowIsolate||b|no
DefaultDependencies||b|yes
OnSuccessJobMode|209|s|fail
OnFailureJobMode|209|s|replace
IgnoreOnIsolate||b|no
JobTimeoutSec||t|infinity|JobTimeoutUSec
JobRunningTimeoutSec||t|JobTimeoutSec=|JobRunningTimeoutUSec
JobTimeoutAction|240|s|none
StartLimitIntervalSec|229|t|10s|StartLimitIntervalUSec
StartLimitInterval||t|10s|StartLimitIntervalUSec
StartLimitBurst|229|u|5
StartLimitAction|229|s|none
FailureAction|236|s|none
SuccessAction|236|s|none
FailureActionExitStatus|240|i
SuccessActionExitStatus|240|i
CollectMode|236|s|inactive
ConditionPathExists||a(sbbsi)||Conditions
ConditionPathExistsGlob||a(sbbsi)||Conditions
ConditionPathIsDirectory||a(sbbsi)||Conditions
ConditionPathIsSymbolicLink||a(sbbsi)||Conditions
ConditionPathIsMountPoint||a(sbbsi)||Conditions
ConditionPathIsReadWrite||a(sbbsi)||Conditions
ConditionPathIsEncrypted|246|a(sbbsi)||Conditions
ConditionPathIsSocket|258|a(sbbsi)||Conditions
ConditionDirectoryNotEmpty||a(sbbsi)||Conditions
ConditionFileNotEmpty||a(sbbsi)||Conditions
ConditionFileIsExecutable||a(sbbsi)||Conditions
ConditionNeedsUpdate||a(sbbsi)||Conditions
ConditionFirstBoot||a(sbbsi)||Conditions
ConditionArchitecture||a(sbbsi)||Conditions
ConditionFirmware|249|a(sbbsi)||Conditions
ConditionVirtualization||a(sbbsi)||Conditions
ConditionHost||a(sbbsi)||Conditions
ConditionKernelCommandLine||a(sbbsi)||Conditions
ConditionKernelVersion||a(sbbsi)||Conditions
ConditionCredential|252|a(sbbsi)||Conditions
ConditionSecurity||a(sbbsi)||Conditions
ConditionCapability||a(sbbsi)||Conditions
ConditionACPower||a(sbbsi)||Conditions
ConditionMemory|244|a(sbbsi)||Conditions
ConditionCPUFeature|248|a(sbbsi)||Conditions
ConditionCPUs|244|a(sbbsi)||Conditions
ConditionEnvironment|246|a(sbbsi)||Conditions
ConditionUser|244|a(sbbsi)||Conditions
ConditionGroup|244|a(sbbsi)||Conditions
ConditionControlGroupController||a(sbbsi)||Conditions
ConditionOSRelease|249|a(sbbsi)||Conditions
ConditionMemoryPressure|250|a(sbbsi)||Conditions
ConditionCPUPressure|250|a(sbbsi)||Conditions
ConditionIOPressure|250|a(sbbsi)||Conditions
AssertPathExists|218|a(sbbsi)||Asserts
AssertPathExistsGlob|218|a(sbbsi)||Asserts
AssertPathIsDirectory|218|a(sbbsi)||Asserts
AssertPathIsSymbolicLink|218|a(sbbsi)||Asserts
AssertPathIsMountPoint|218|a(sbbsi)||Asserts
AssertPathIsReadWrite|218|a(sbbsi)||Asserts
AssertPathIsEncrypted|246|a(sbbsi)||Asserts
AssertPathIsSocket|258|a(sbbsi)||Asserts
AssertDirectoryNotEmpty|218|a(sbbsi)||Asserts
AssertFileNotEmpty|218|a(sbbsi)||Asserts
AssertFileIsExecutable|218|a(sbbsi)||Asserts
AssertNeedsUpdate|218|a(sbbsi)||Asserts
AssertFirstBoot|218|a(sbbsi)||Asserts
AssertArchitecture||a(sbbsi)||Asserts
AssertVirtualization|218|a(sbbsi)||Asserts
AssertHost|218|a(sbbsi)||Asserts
AssertKernelCommandLine|218|a(sbbsi)||Asserts
AssertKernelVersion|218|a(sbbsi)||Asserts
AssertCredential|252|a(sbbsi)||Asserts
AssertSecurity|218|a(sbbsi)||Asserts
AssertCapability|218|a(sbbsi)||Asserts
AssertACPower|218|a(sbbsi)||Asserts
AssertMemory|244|a(sbbsi)||Asserts
AssertCPUFeature|248|a(sbbsi)||Asserts
AssertCPUs|244|a(sbbsi)||Asserts
AssertEnvironment|246|a(sbbsi)||Asserts
AssertUser|244|a(sbbsi)||Asserts
AssertGroup|244|a(sbbsi)||Asserts
AssertControlGroupController|218|a(sbbsi)||Asserts
AssertOSRelease|249|a(sbbsi)||Asserts
AssertMemoryPressure|250|a(sbbsi)||Asserts
AssertCPUPressure|250|a(sbbsi)||Asserts
AssertIOPressure|250|a(sbbsi)||Asserts
JobTimeoutRebootArgument|240|s
RebootArgument|229|s
OnFailureIsolate||s|replace|OnFailureJobMode
WantsMountsFor|256|as
SurviveFinalKillSignal|254|b|no
IgnoreOnSnapshot
`,
  Service: `
Type||s|simple
ExecCondition|243|a(sasbttttuii)
ExecStartPre||a(sasbttttuii)
ExecStart||a(sasbttttuii)
ExecStartPost||a(sasbttttuii)
ExecReload||a(sasbttttuii)
ExecStop||a(sasbttttuii)
ExecStopPost||a(sasbttttuii)
Restart||s|no
RestartSec||t|100ms|RestartUSec
TimeoutStartSec|188|t|1min 30s|TimeoutStartUSec
TimeoutSec||t|1min 30s|TimeoutStartUSec TimeoutStopUSec
TimeoutStopSec|188|t|1min 30s|TimeoutStopUSec
TimeoutAbortSec|243|t|TimeoutStopSec=|TimeoutAbortUSec
TimeoutStartFailureMode|246|s|terminate
TimeoutStopFailureMode|246|s|terminate
RuntimeMaxSec|229|t|infinity|RuntimeMaxUSec
WatchdogSec||t|infinity|WatchdogUSec
StartLimitInterval||t|10s|StartLimitIntervalUSec
StartLimitBurst||u|5
StartLimitAction||s|none
FailureAction||s|none
RemainAfterExit||b|no
GuessMainPID||b|yes
PIDFile||s
BusName||s
NotifyAccess||s|none
RootDirectoryStartOnly||b|no
SuccessExitStatus|189|(aiai)
RestartPreventExitStatus|189|(aiai)
RestartForceExitStatus|215|(aiai)
Sockets||as||Triggers
RestartSteps|254|u|0
RestartMaxDelaySec|254|t|infinity|RestartMaxDelayUSec
RestartMode|254|s|normal
ExitType|250|s|main
RuntimeRandomizedExtraSec|250|t|0|RuntimeRandomizedExtraUSec
ReloadSignal|253|i|SIGHUP
FileDescriptorStoreMax|219|u|0
FileDescriptorStorePreserve|254|s|restart
RebootArgument||s
OOMPolicy|243|s|stop
PermissionsStartOnly|||no
SysVStartPriority
BusPolicy
NonBlocking||b|no
OpenFile|253|a(sst)
USBFunctionDescriptors|227|s
USBFunctionStrings|227|s
`,
  exec: `
Environment||as
EnvironmentFile||a(sb)||EnvironmentFiles
PassEnvironment|228|as
UnsetEnvironment|235|as
WorkingDirectory||s
RootDirectory||s
User||s
Group||s
SupplementaryGroups||as
UMask||u|0022
Nice||i|0
OOMScoreAdjust||i|0
StandardInput||s|null
StandardOutput||s|journal
StandardError||s|inherit
TTYPath||s
SyslogIdentifier||s
SyslogLevelPrefix||b|yes
SyslogLevel||i|info
IgnoreSIGPIPE||b|yes
NoNewPrivileges|187|b|no
AmbientCapabilities|229|t
CapabilityBoundingSet||t|all
TimerSlackNSec||t
ExecSearchPath|250|as
RuntimeDirectory|211|as
StateDirectory|211|as
CacheDirectory|211|as
LogsDirectory|211|as
ConfigurationDirectory|211|as
RuntimeDirectoryMode|234|u|0755
StateDirectoryMode|234|u|0755
CacheDirectoryMode|234|u|0755
LogsDirectoryMode|234|u|0755
ConfigurationDirectoryMode|234|u|0755
RuntimeDirectoryPreserve|235|s|no
PAMName||s
LimitCPU||t|infinity
LimitFSIZE||t|infinity
LimitDATA||t|infinity
LimitSTACK||t|infinity
LimitCORE||t|infinity
LimitRSS||t|infinity
LimitNPROC||t|the container's
LimitNOFILE||t|the container's
LimitMEMLOCK||t|the container's
LimitAS||t|infinity
LimitLOCKS||t|infinity
LimitSIGPENDING||t|the container's
LimitMSGQUEUE||t|the container's
LimitNICE||t|0
LimitRTPRIO||t|0
LimitRTTIME||t|infinity
ReadWriteDirectories||as||ReadWritePaths
ReadOnlyDirectories||as||ReadOnlyPaths
InaccessibleDirectories||as||InaccessiblePaths
ReadWritePaths|231|as
ReadOnlyPaths|231|as
InaccessiblePaths|231|as
ExecPaths|231|as
NoExecPaths|231|as
PrivateDevices|209|b|no
ProtectKernelTunables|232|b|no
ProtectKernelModules|232|b|no
ProtectKernelLogs|244|b|no
ProtectClock|245|b|no
PrivateNetwork||b|no
PrivateMounts|239|b|no
PrivateIPC|248|b|no
PrivatePIDs|257|s|no
ProtectHostname|242|b|no
PrivateTmp||b|no
PrivateUsers|232|b|no
ProtectControlGroups|232|b|no
ProtectSystem|214|s|no
ProtectHome|214|s|no
ProtectProc|247|s|default
ProcSubset|247|s|all
MountFlags||t
MountAPIVFS|233|b
BindLogSockets|257|b
SystemCallFilter|187|(bas)
SystemCallLog|247|(bas)
SystemCallArchitectures|209|as
SystemCallErrorNumber|209|i|kill
MemoryDenyWriteExecute|231|b|no
RestrictRealtime|231|b|no
RestrictSUIDSGID|242|b|no
LockPersonality|235|b|no
RestrictNamespaces|233|t|no
RestrictAddressFamilies|211|(bas)
RestrictFileSystems|250|(bas)
SecureBits||i
SELinuxContext|209|(bs)
AppArmorProfile|210|(bs)
SmackProcessLabel|218|(bs)
IOSchedulingClass||i|best-effort
IOSchedulingPriority||i|4
CPUSchedulingPolicy||i|other
CPUSchedulingPriority||i|0
CPUSchedulingResetOnFork||b|no
CPUAffinity||ay
NUMAPolicy|243|i
NUMAMask|243|ay
MemoryKSM|254|b
SyslogFacility||i|daemon
LogLevelMax|236|i
LogRateLimitIntervalSec|240|t|0|LogRateLimitIntervalUSec
TimeoutCleanSec|244|t|infinity|TimeoutCleanUSec
LogRateLimitBurst|240|u|0
LogExtraFields|236|aay
LogNamespace|245|s
LogFilterPatterns|253|a(bs)
KeyringMode|235|s|private
UtmpIdentifier||s
UtmpMode|225|s|init
CoredumpFilter|246|t|0x33
RemoveIPC|232|b|no
Personality|209|s
TTYReset||b|no
TTYVHangup||b|no
TTYVTDisallocate||b|no
TTYRows|250|q
TTYColumns|250|q
RootImage|233|s
RootVerity|246|s
RootImageOptions|247|a(ss)
RootImagePolicy|254|s
MountImagePolicy|254|s
ExtensionImagePolicy|254|s
RootHash|246|ay
RootHashSignature|246|ay
RootEphemeral|254|b|no
ExtensionDirectories|251|as
ExtensionImages|248|a(sba(ss))
MountImages|247|a(ssba(ss))
BindPaths|233|a(ssbt)
BindReadOnlyPaths|233|a(ssbt)
TemporaryFileSystem|238|a(ss)
NetworkNamespacePath|242|s
IPCNamespacePath|248|s
DynamicUser|232|b|no
SetLoginEnvironment|255|b
StandardInputText|236|ay||StandardInputData
StandardInputData|236|ay
SetCredential|247|a(say)
SetCredentialEncrypted|247|a(say)
LoadCredential|247|a(ss)
LoadCredentialEncrypted|247|a(ss)
ImportCredential|254|as
Capabilities
`,
  kill: `
KillMode|187|s|control-group
KillSignal|187|i|SIGTERM
RestartKillSignal|244|i|KillSignal=
FinalKillSignal|240|i|SIGKILL
WatchdogSignal|240|i|SIGABRT
SendSIGHUP|207|b|no
SendSIGKILL|187|b|yes
`,
  Install: `
Alias
WantedBy
RequiredBy
Also
DefaultInstance|215
UpheldBy|255
`,
  resources: `
Slice|208|s|system.slice
AllowedCPUs|244|ay
StartupAllowedCPUs|244|ay
AllowedMemoryNodes|244|ay
StartupAllowedMemoryNodes|244|ay
CPUAccounting|208|b|no
MemoryAccounting|208|b|yes
IOAccounting|230|b|no
BlockIOAccounting||b|no
TasksAccounting|227|b|yes
IPAccounting|235|b|no
MemoryZSwapWriteback|256|b|yes
CoredumpReceive|255|b|no
CPUWeight|232|t
StartupCPUWeight|232|t
CPUShares||t
StartupCPUShares||t
CPUQuota|213|t|infinity|CPUQuotaPerSecUSec
CPUQuotaPeriodSec|242|t||CPUQuotaPeriodUSec
MemoryHigh|231|t|infinity
StartupMemoryHigh|254|t
MemoryMax|231|t|infinity
StartupMemoryMax|254|t
DefaultStartupMemoryLow|254|t
MemoryMin|240|t|0
DefaultMemoryMin||t|0
DefaultMemoryLow||t|0
MemoryLow|240|t|0
StartupMemoryLow|254|t
MemorySwapMax|232|t|infinity
StartupMemorySwapMax|254|t
MemoryZSwapMax|253|t|infinity
StartupMemoryZSwapMax|254|t
MemoryLimit||t|infinity
MemoryPressureThresholdSec|254|t|200ms|MemoryPressureThresholdUSec
MemoryPressureWatch|254|s|auto
DeviceAllow|208|a(ss)
DevicePolicy||s|auto
IOWeight|230|t
StartupIOWeight|230|t
IODeviceWeight|230|a(st)
IOReadBandwidthMax|230|a(st)
IOWriteBandwidthMax|230|a(st)
IOReadIOPSMax|230|a(st)
IOWriteIOPSMax|230|a(st)
IODeviceLatencyTargetSec|240|a(st)||IODeviceLatencyTargetUSec
BlockIOWeight||t
StartupBlockIOWeight||t
BlockIODeviceWeight||a(st)
BlockIOReadBandwidth||a(st)
BlockIOWriteBandwidth||a(st)
TasksMax|227|t|15%
Delegate|218|b|no
DelegateSubgroup|254|s
DisableControllers|240|as
IPAddressAllow|235|a(iayu)
IPAddressDeny|235|a(iayu)
IPIngressFilterPath|243|as
IPEgressFilterPath|243|as
ManagedOOMSwap|247|s|auto
ManagedOOMMemoryPressure|247|s|auto
ManagedOOMMemoryPressureLimit|247|u|0
ManagedOOMMemoryPressureDurationSec|257|t||ManagedOOMMemoryPressureDurationUSec
ManagedOOMPreference|248|s|none
BPFProgram|249|a(ss)
SocketBindAllow|249|a(iiqq)
SocketBindDeny|249|a(iiqq)
RestrictNetworkInterfaces|250|(bas)
NFTSet|255|a(iiss)
NetClass
`,
  Socket: `
ListenStream||a(ss)||Listen
ListenDatagram||a(ss)||Listen
ListenSequentialPacket||a(ss)||Listen
ListenFIFO||a(ss)||Listen
ListenSpecial||a(ss)||Listen
ListenMessageQueue||a(ss)||Listen
ListenUSBFunction|227|a(ss)||Listen
ListenNetlink||a(ss)||Listen
SocketProtocol|229|i
BindIPv6Only||s|default
Backlog||u|2147483647
MaxConnections||u|64
MaxConnectionsPerSource|232|u|0
KeepAliveProbes|216|u|0
TriggerLimitBurst|230|u|20
PollLimitBurst|255|u
BindToDevice||s
ExecStartPre||a(sasbttttuii)
ExecStartPost||a(sasbttttuii)
ExecStopPre||a(sasbttttuii)
ExecStopPost||a(sasbttttuii)
TimeoutSec||t||TimeoutStartUSec TimeoutStopUSec
SocketUser|214|s
SocketGroup|214|s
SocketMode||u|0666
DirectoryMode||u|0755
Accept||b|no
FlushPending|247|b|no
Writable|227|b|no
KeepAlive||b|no
NoDelay|216|b|no
FreeBind||b|no
Transparent||b|no
Broadcast||b|no
PassCredentials||b|no
PassSecurity||b|no
PassPacketInfo|246|b|no
ReusePort|206|b|no
RemoveOnStop|214|b|no
SELinuxContextFromNet|217
PassFileDescriptorsToExec|256|b|no
KeepAliveTimeSec|216|t|0|KeepAliveTimeUSec
KeepAliveIntervalSec|216|t|0|KeepAliveIntervalUSec
DeferAcceptSec|216|t|0|DeferAcceptUSec
TriggerLimitIntervalSec|230|t|2s|TriggerLimitIntervalUSec
PollLimitIntervalSec|255|t|2s|PollLimitIntervalUSec
Priority||i
IPTTL||i
Mark||i
ReceiveBuffer||t|0
SendBuffer||t|0
PipeSize||t|0
IPTOS||i
Timestamping|247|s|off
TCPCongestion||s
MessageQueueMaxMessages||x|0
MessageQueueMessageSize||x|0
Symlinks|214|as
FileDescriptorName|227|s|name of the socket unit
Service||as|of the same name|Triggers
SmackLabel|196|s
SmackLabelIPIn|196|s
SmackLabelIPOut|196|s
`,
  Timer: `
OnCalendar|197|a(sst)||TimersCalendar
OnActiveSec||a(stt)||TimersMonotonic
OnBootSec||a(stt)||TimersMonotonic
OnStartupSec||a(stt)||TimersMonotonic
OnUnitActiveSec||a(stt)||TimersMonotonic
OnUnitInactiveSec||a(stt)||TimersMonotonic
OnClockChange|242|b|no
OnTimezoneChange|242|b|no
Persistent|212|b|no
WakeSystem|212|b|no
RemainAfterElapse|229|b|yes
FixedRandomDelay|247|b|no
DeferReactivation|257|b|no
AccuracySec|209|t|1min|AccuracyUSec
RandomizedDelaySec|229|t|0|RandomizedDelayUSec
Unit||(so)|service of the same name
`,
  Path: `
PathExists||a(ss)||Paths
PathExistsGlob||a(ss)||Paths
PathChanged||a(ss)||Paths
PathModified||a(ss)||Paths
DirectoryNotEmpty||a(ss)||Paths
Unit||(so)|service of the same name
MakeDirectory||b|no
DirectoryMode||u|0755
TriggerLimitIntervalSec|250|t|2s|TriggerLimitIntervalUSec
TriggerLimitBurst|250|u|200
`,
  Mount: `
What||s
Options||s
Type||s
Where||s
TimeoutSec||t||TimeoutStartUSec TimeoutStopUSec
DirectoryMode||u|0755
SloppyOptions|215|b|no
LazyUnmount|232|b|no
ForceUnmount|232|b|no
ReadWriteOnly|246|b|no
`,
  Automount: `
Where||s
ExtraOptions|250|s
DirectoryMode||u|0755
TimeoutIdleSec|220|t|0|TimeoutIdleUSec
`,
  Swap: `
What||s
Priority||i|-1
Options|217|s
TimeoutSec||t||TimeoutStartUSec TimeoutStopUSec
`,
  Scope: `
RuntimeMaxSec|244|t|infinity|RuntimeMaxUSec
RuntimeRandomizedExtraSec|250|t|0|RuntimeRandomizedExtraUSec
TimeoutStopSec||t|1min 30s|TimeoutStopUSec
OOMPolicy|253|s|stop
`,
  Slice: '',
};

export interface DirectiveFacts {
  /** The version that brought it; undefined where it is not known, or very old. */
  readonly since: number | undefined;
  /** '' where D-Bus does not have it. */
  readonly signature: string;
  readonly property: string;
  /** '' for none. */
  readonly usual: string;
}

/** By key, of one section or group. */
export function factsOf(home: Section | Group): ReadonlyMap<string, DirectiveFacts> {
  const facts = new Map<string, DirectiveFacts>();
  for (const line of lines[home].trim().split('\n')) {
    const [key = '', since = '', signature = '', usual = '', property = key] = line.split('|');
    if (key !== '') {
      facts.set(key, {
        since: since === '' ? undefined : Number(since),
        signature,
        usual,
        property: signature === '' ? '' : property,
      });
    }
  }
  return facts;
}
