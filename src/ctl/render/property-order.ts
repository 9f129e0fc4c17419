/* eslint max-lines: off -- a table */
/**
 * Every property that `systemctl show` prints, in systemd's order (the vtables of src/core/dbus-*.c as of 252), with what it
 * says of a unit that sets nothing and that nothing has happened to. `NAME` alone: printed only where a unit has it.
 */
import type { UnitType } from '../../units/model.ts';
import type { Property } from './property.ts';

/** `own` put in order; the rest by default. */
export function inOrder(type: UnitType, own: readonly Property[]): readonly Property[] {
  const known = new Map(own.map((property) => [property.name, property]));
  const ordered: Property[] = [];
  for (const group of groups[type]) {
    for (const row of group.split('\n')) {
      const equals = row.indexOf('=');
      const name = equals < 0 ? row : row.slice(0, equals);
      const found = known.get(name);
      if (found !== undefined) ordered.push(found);
      else if (equals >= 0) ordered.push({ name, value: () => row.slice(equals + 1) });
    }
  }
  return ordered;
}

const service = `Type=
ExitType=main
Restart=no
RestartMode
PIDFile=
NotifyAccess=none
RestartUSec=100ms
RestartSteps
RestartMaxDelayUSec
TimeoutStartUSec=1min 30s
TimeoutStopUSec=1min 30s
TimeoutAbortUSec=1min 30s
TimeoutStartFailureMode=terminate
TimeoutStopFailureMode=terminate
RuntimeMaxUSec=infinity
RuntimeRandomizedExtraUSec=0
WatchdogUSec=infinity
WatchdogTimestamp=
WatchdogTimestampMonotonic=0
RootDirectoryStartOnly=no
RemainAfterExit=no
GuessMainPID=yes
RestartPreventExitStatus=
RestartForceExitStatus=
SuccessExitStatus=
MainPID=0
ControlPID=0
BusName=
FileDescriptorStoreMax=0
NFileDescriptorStore=0
FileDescriptorStorePreserve
StatusText=
StatusErrno=0
StatusBusError
Result=success
ReloadResult=success
CleanResult=success
USBFunctionDescriptors=
USBFunctionStrings=
UID=[not set]
GID=[not set]
NRestarts=0
OOMPolicy=
ExecMainStartTimestamp=
ExecMainStartTimestampMonotonic=0
ExecMainExitTimestamp=
ExecMainExitTimestampMonotonic=0
ExecMainPID=0
ExecMainCode=0
ExecMainStatus=0
ExecCondition
ExecConditionEx
ExecStartPre
ExecStartPreEx
ExecStart
ExecStartEx
ExecStartPost
ExecStartPostEx
ExecReload
ExecReloadEx
ExecStop
ExecStopEx
ExecStopPost
ExecStopPostEx`;

const socket = `BindIPv6Only=default
Backlog=2147483647
TimeoutUSec=1min 30s
BindToDevice=
SocketUser=
SocketGroup=
SocketMode=0666
DirectoryMode=0755
Accept=no
FlushPending=no
Writable=no
KeepAlive=no
KeepAliveTimeUSec=0
KeepAliveIntervalUSec=0
KeepAliveProbes=0
DeferAcceptUSec=0
NoDelay=no
Priority=-1
ReceiveBuffer=0
SendBuffer=0
IPTOS=-1
IPTTL=-1
PipeSize=0
FreeBind=no
Transparent=no
Broadcast=no
PassCredentials=no
PassSecurity=no
PassPacketInfo=no
Timestamping=off
RemoveOnStop=no
Listen
Symlinks=
Mark=-1
MaxConnections=64
MaxConnectionsPerSource=0
MessageQueueMaxMessages=0
MessageQueueMessageSize=0
TCPCongestion=
ReusePort=no
SmackLabel=
SmackLabelIPIn=
SmackLabelIPOut=
ControlPID=0
Result=success
NConnections=0
NAccepted=0
NRefused=0
FileDescriptorName=
SocketProtocol=0
TriggerLimitIntervalUSec=2s
TriggerLimitBurst=20
UID=[not set]
GID=[not set]
ExecStartPre
ExecStartPost
ExecStopPre
ExecStopPost`;

const timer = `Unit=
TimersMonotonic
TimersCalendar
OnClockChange=no
OnTimezoneChange=no
NextElapseUSecRealtime=
NextElapseUSecMonotonic=infinity
LastTriggerUSec=
LastTriggerUSecMonotonic=0
Result=success
AccuracyUSec=1min
RandomizedDelayUSec=0
FixedRandomDelay=no
Persistent=no
WakeSystem=no
RemainAfterElapse=yes`;

const path = `Unit=
Paths
MakeDirectory=no
DirectoryMode=0755
Result=success
TriggerLimitIntervalUSec=2s
TriggerLimitBurst=200`;

const mount = `Where=
What=
Options=
Type=
TimeoutUSec=1min 30s
ControlPID=0
DirectoryMode=0755
SloppyOptions=no
LazyUnmount=no
ForceUnmount=no
ReadWriteOnly=no
Result=success
UID=[not set]
GID=[not set]
ExecMount
ExecUnmount
ExecRemount`;

const automount = `Where=
ExtraOptions=
DirectoryMode=0755
Result=success
TimeoutIdleUSec=0`;

const swap = `What=
Priority=-1
Options=
TimeoutUSec=1min 30s
ControlPID=0
Result=success
UID=[not set]
GID=[not set]
ExecActivate
ExecDeactivate`;

const device = `SysFSPath=`;

/** dbus-cgroup.c; what counts the use of resources needs a control group, and says that there is none. */
const cgroup = `Slice=
ControlGroup=
ControlGroupId=0
MemoryCurrent=[not set]
MemoryAvailable=infinity
CPUUsageNSec=[not set]
EffectiveCPUs=
EffectiveMemoryNodes=
TasksCurrent=[not set]
IPIngressBytes=[no data]
IPIngressPackets=[no data]
IPEgressBytes=[no data]
IPEgressPackets=[no data]
IOReadBytes=18446744073709551615
IOReadOperations=18446744073709551615
IOWriteBytes=18446744073709551615
IOWriteOperations=18446744073709551615
Delegate=no
DelegateControllers=
CPUAccounting=yes
CPUWeight=[not set]
StartupCPUWeight=[not set]
CPUShares=[not set]
StartupCPUShares=[not set]
CPUQuotaPerSecUSec=infinity
CPUQuotaPeriodUSec=infinity
AllowedCPUs=
StartupAllowedCPUs=
AllowedMemoryNodes=
StartupAllowedMemoryNodes=
IOAccounting=no
IOWeight=[not set]
StartupIOWeight=[not set]
IODeviceWeight
IOReadBandwidthMax
IOWriteBandwidthMax
IOReadIOPSMax
IOWriteIOPSMax
IODeviceLatencyTargetUSec
BlockIOAccounting=no
BlockIOWeight=[not set]
StartupBlockIOWeight=[not set]
BlockIODeviceWeight
BlockIOReadBandwidth
BlockIOWriteBandwidth
MemoryAccounting=yes
DefaultMemoryLow=0
DefaultMemoryMin=0
MemoryMin=0
MemoryLow=0
MemoryHigh=infinity
MemoryMax=infinity
MemorySwapMax=infinity
MemoryLimit=infinity
DevicePolicy=auto
DeviceAllow
TasksAccounting=yes
TasksMax=infinity
IPAccounting=no
IPAddressAllow=
IPAddressDeny=
IPIngressFilterPath=
IPEgressFilterPath=
DisableControllers=
ManagedOOMSwap=auto
ManagedOOMMemoryPressure=auto
ManagedOOMMemoryPressureLimit=0
ManagedOOMPreference=none
BPFProgram
SocketBindAllow
SocketBindDeny
RestrictNetworkInterfaces=~`;

const limits = 'CPU FSIZE DATA STACK CORE RSS NOFILE AS NPROC MEMLOCK LOCKS SIGPENDING MSGQUEUE NICE RTPRIO RTTIME'
  .split(' ')
  .map((name) => `Limit${name}\nLimit${name}Soft`)
  .join('\n');

const exec = `Environment=
EnvironmentFiles
PassEnvironment=
UnsetEnvironment=
UMask=0022
${limits}
WorkingDirectory=
RootDirectory=
RootImage=
RootImageOptions
RootHash=
RootHashPath=
RootHashSignature=
RootHashSignaturePath=
RootVerity=
ExtensionDirectories=
ExtensionImages=
MountImages=
OOMScoreAdjust=0
CoredumpFilter=0x33
Nice=0
IOSchedulingClass=2
IOSchedulingPriority=4
CPUSchedulingPolicy=0
CPUSchedulingPriority=0
CPUAffinity=
CPUAffinityFromNUMA=no
NUMAPolicy=n/a
NUMAMask=
TimerSlackNSec=50000
CPUSchedulingResetOnFork=no
NonBlocking=no
StandardInput=null
StandardInputFileDescriptorName=
StandardInputData=
StandardOutput=journal
StandardOutputFileDescriptorName=
StandardError=inherit
StandardErrorFileDescriptorName=
TTYPath=
TTYReset=no
TTYVHangup=no
TTYVTDisallocate=no
TTYRows=[unprintable]
TTYColumns=[unprintable]
SyslogPriority=30
SyslogIdentifier=
SyslogLevelPrefix=yes
SyslogLevel=6
SyslogFacility=3
LogLevelMax=-1
LogRateLimitIntervalUSec=0
LogRateLimitBurst=0
LogExtraFields=
LogNamespace=
SecureBits=0
CapabilityBoundingSet
AmbientCapabilities=
User=
Group=
DynamicUser=no
RemoveIPC=no
SetCredential=[unprintable]
SetCredentialEncrypted=[unprintable]
LoadCredential=[unprintable]
LoadCredentialEncrypted=[unprintable]
SupplementaryGroups=
PAMName=
ReadWritePaths=
ReadOnlyPaths=
InaccessiblePaths=
ExecPaths=
NoExecPaths=
ExecSearchPath=
MountFlags=
PrivateTmp=no
PrivateDevices=no
ProtectClock=no
ProtectKernelTunables=no
ProtectKernelModules=no
ProtectKernelLogs=no
ProtectControlGroups=no
PrivateNetwork=no
PrivateUsers=no
PrivateMounts=no
PrivateIPC=no
ProtectHome=no
ProtectSystem=no
SameProcessGroup=no
UtmpIdentifier=
UtmpMode=init
SELinuxContext=
AppArmorProfile=
SmackProcessLabel=
IgnoreSIGPIPE=yes
NoNewPrivileges=no
SystemCallFilter=~
SystemCallArchitectures=
SystemCallErrorNumber=2147483646
SystemCallLog=~
Personality=
LockPersonality=no
RestrictAddressFamilies=~
RuntimeDirectoryPreserve=no
RuntimeDirectoryMode=0755
RuntimeDirectory=
RuntimeDirectorySymlink
StateDirectoryMode=0755
StateDirectory=
StateDirectorySymlink
CacheDirectoryMode=0755
CacheDirectory=
CacheDirectorySymlink
LogsDirectoryMode=0755
LogsDirectory=
LogsDirectorySymlink
ConfigurationDirectoryMode=0755
ConfigurationDirectory=
TimeoutCleanUSec=infinity
MemoryDenyWriteExecute=no
RestrictRealtime=no
RestrictSUIDSGID=no
RestrictNamespaces=no
RestrictFileSystems=~
BindPaths=
BindReadOnlyPaths=
TemporaryFileSystem=
MountAPIVFS=no
KeyringMode=private
ProtectProc=default
ProcSubset=all
ProtectHostname=no
NetworkNamespacePath=
IPCNamespacePath=`;

const kill = `KillMode=control-group
KillSignal=15
RestartKillSignal=15
FinalKillSignal=9
SendSIGKILL=yes
SendSIGHUP=no
WatchdogSignal=6
ReloadSignal`;

const unit = `Id
Names
Following=
Requires=
Requisite=
Wants=
BindsTo=
PartOf=
Upholds=
RequiredBy=
RequisiteOf=
WantedBy=
BoundBy=
UpheldBy=
ConsistsOf=
Conflicts=
ConflictedBy=
Before=
After=
OnSuccess=
OnSuccessOf=
OnFailure=
OnFailureOf=
Triggers=
TriggeredBy=
PropagatesReloadTo=
ReloadPropagatedFrom=
PropagatesStopTo=
StopPropagatedFrom=
JoinsNamespaceOf=
SliceOf=
RequiresMountsFor=
Documentation=
Description
AccessSELinuxContext=
LoadState
ActiveState
FreezerState=running
SubState
FragmentPath=
SourcePath=
DropInPaths=
UnitFileState=
UnitFilePreset=
StateChangeTimestamp=
StateChangeTimestampMonotonic=0
InactiveExitTimestamp=
InactiveExitTimestampMonotonic=0
ActiveEnterTimestamp=
ActiveEnterTimestampMonotonic=0
ActiveExitTimestamp=
ActiveExitTimestampMonotonic=0
InactiveEnterTimestamp=
InactiveEnterTimestampMonotonic=0
CanStart=no
CanStop=no
CanReload=no
CanIsolate=no
CanClean=
CanFreeze=no
Job=
StopWhenUnneeded=no
RefuseManualStart=no
RefuseManualStop=no
AllowIsolate=no
DefaultDependencies=yes
OnSuccessJobMode=fail
OnFailureJobMode=replace
IgnoreOnIsolate=no
NeedDaemonReload=no
Markers=
JobTimeoutUSec=infinity
JobRunningTimeoutUSec=infinity
JobTimeoutAction=none
JobTimeoutRebootArgument=
ConditionResult=no
AssertResult=no
ConditionTimestamp=
ConditionTimestampMonotonic=0
AssertTimestamp=
AssertTimestampMonotonic=0
Conditions=[unprintable]
Asserts=[unprintable]
LoadError=
Transient=no
Perpetual=no
StartLimitIntervalUSec=10s
StartLimitBurst=5
StartLimitAction=none
FailureAction=none
FailureActionExitStatus=[not set]
SuccessAction=none
SuccessActionExitStatus=[not set]
RebootArgument=
InvocationID=
CollectMode=inactive
Refs=
ActivationDetails=[unprintable]`;

const scope = `
TimeoutStopUSec=1min 30s
Result=success
RuntimeMaxUSec=infinity
RuntimeRandomizedExtraUSec=0
OOMPolicy=stop`;

const groups: Readonly<Record<UnitType, readonly string[]>> = {
  service: [service, cgroup, exec, kill, unit],
  socket: [socket, cgroup, exec, kill, unit],
  mount: [mount, cgroup, exec, kill, unit],
  swap: [swap, cgroup, exec, kill, unit],
  timer: [timer, unit],
  path: [path, unit],
  automount: [automount, unit],
  device: [device, unit],
  target: [unit],
  slice: [cgroup, unit],
  scope: [scope, cgroup, kill, unit],
};
