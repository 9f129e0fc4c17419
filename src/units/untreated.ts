/** The rows of the table (directives.ts) that pidone knows and does not carry out, by reason. */
import type { Group, Section } from './directives.ts';

interface Untreated {
  readonly home: Section | Group;
  /** `harmless`: the service runs the same without it. `unsupported`: something is missing without it. */
  readonly status: 'harmless' | 'unsupported';
  readonly sentence: string;
  /** With blanks between. */
  readonly keys: string;
}

const sockets = 'socket units are not activated yet';
const timers = 'timer units are not started yet';
const mounts = "the container's engine mounts, pidone does not";

export const untreated: readonly Untreated[] = [
  {
    home: 'Unit',
    status: 'harmless',
    sentence: 'a container does not reboot: pidone leaves, and the engine decides',
    keys: 'JobTimeoutAction JobTimeoutRebootArgument RebootArgument',
  },
  { home: 'Unit', status: 'unsupported', sentence: 'use OnFailureJobMode=', keys: 'OnFailureIsolate' },
  {
    home: 'Service',
    status: 'harmless',
    sentence: 'a container does not reboot: pidone leaves, and the engine decides',
    keys: 'RebootArgument',
  },
  {
    home: 'Service',
    status: 'harmless',
    sentence: "who runs out of memory is the container engine's decision",
    keys: 'OOMPolicy',
  },
  {
    home: 'Service',
    status: 'harmless',
    sentence: 'systemd has replaced it by prefixes of command lines',
    keys: 'PermissionsStartOnly',
  },
  {
    home: 'Service',
    status: 'unsupported',
    sentence: 'not yet carried out',
    keys: 'RuntimeRandomizedExtraSec ExitType NonBlocking FileDescriptorStoreMax',
  },
  {
    home: 'Service',
    status: 'unsupported',
    sentence: 'a container has no USB gadget',
    keys: 'USBFunctionDescriptors USBFunctionStrings',
  },
  {
    home: 'exec',
    status: 'harmless',
    sentence: 'hardening by namespaces and mounts; the container is one already',
    keys: 'ReadWriteDirectories ReadOnlyDirectories InaccessibleDirectories ReadWritePaths ReadOnlyPaths InaccessiblePaths ExecPaths NoExecPaths PrivateTmp PrivateDevices ProtectKernelTunables ProtectKernelModules ProtectKernelLogs ProtectClock ProtectControlGroups PrivateNetwork PrivateUsers PrivateMounts PrivateIPC ProtectSystem ProtectHome ProtectHostname ProtectProc ProcSubset MountFlags MountAPIVFS',
  },
  {
    home: 'exec',
    status: 'harmless',
    sentence: "hardening by system call filters; the container's engine has its own",
    keys: 'SystemCallFilter SystemCallArchitectures SystemCallErrorNumber SystemCallLog MemoryDenyWriteExecute RestrictNamespaces RestrictRealtime RestrictSUIDSGID RestrictAddressFamilies RestrictFileSystems LockPersonality SecureBits',
  },
  {
    home: 'exec',
    status: 'harmless',
    sentence: 'security modules are set up by the host',
    keys: 'SELinuxContext AppArmorProfile SmackProcessLabel',
  },
  {
    home: 'exec',
    status: 'harmless',
    sentence: 'scheduling is tuned by the container engine',
    keys: 'IOSchedulingClass IOSchedulingPriority CPUSchedulingPolicy CPUSchedulingPriority CPUSchedulingResetOnFork CPUAffinity NUMAPolicy NUMAMask',
  },
  {
    home: 'exec',
    status: 'harmless',
    sentence: "concerns systemd's journal, login records, keyrings or core dumps, which a container does not have",
    keys: 'SyslogFacility LogLevelMax LogRateLimitIntervalSec LogRateLimitBurst LogExtraFields LogNamespace KeyringMode UtmpIdentifier UtmpMode CoredumpFilter RemoveIPC TimeoutCleanSec Personality',
  },
  {
    home: 'exec',
    status: 'harmless',
    sentence: "the container's terminal is its engine's",
    keys: 'TTYReset TTYVHangup TTYVTDisallocate TTYRows TTYColumns',
  },
  {
    home: 'exec',
    status: 'unsupported',
    sentence: 'needs mounts that a container may not make',
    keys: 'RootImage RootImageOptions RootHash RootHashSignature RootVerity ExtensionDirectories ExtensionImages MountImages BindPaths BindReadOnlyPaths TemporaryFileSystem NetworkNamespacePath IPCNamespacePath',
  },
  {
    home: 'exec',
    status: 'unsupported',
    sentence: 'not yet carried out',
    keys: 'DynamicUser StandardInputText StandardInputData SetCredential SetCredentialEncrypted LoadCredential LoadCredentialEncrypted',
  },
  {
    home: 'resources',
    status: 'harmless',
    sentence: "resources are limited by the container's engine: there is no control group to write to",
    keys: 'Slice AllowedCPUs StartupAllowedCPUs AllowedMemoryNodes StartupAllowedMemoryNodes CPUAccounting CPUWeight StartupCPUWeight CPUShares StartupCPUShares CPUQuota CPUQuotaPeriodSec MemoryAccounting MemoryMin DefaultMemoryMin DefaultMemoryLow MemoryLow MemoryHigh MemoryMax MemorySwapMax MemoryLimit DeviceAllow DevicePolicy IOAccounting IOWeight StartupIOWeight IODeviceWeight IOReadBandwidthMax IOWriteBandwidthMax IOReadIOPSMax IOWriteIOPSMax IODeviceLatencyTargetSec BlockIOAccounting BlockIOWeight StartupBlockIOWeight BlockIODeviceWeight BlockIOReadBandwidth BlockIOWriteBandwidth TasksAccounting TasksMax Delegate DisableControllers IPAccounting IPAddressAllow IPAddressDeny IPIngressFilterPath IPEgressFilterPath ManagedOOMSwap ManagedOOMMemoryPressure ManagedOOMMemoryPressureLimit ManagedOOMPreference BPFProgram SocketBindAllow SocketBindDeny RestrictNetworkInterfaces',
  },
  {
    home: 'Socket',
    status: 'unsupported',
    sentence: sockets,
    keys: 'ListenStream ListenDatagram ListenSequentialPacket ListenFIFO ListenNetlink ListenSpecial ListenMessageQueue ListenUSBFunction SocketProtocol BindIPv6Only Backlog BindToDevice ExecStartPre ExecStartPost ExecStopPre ExecStopPost TimeoutSec SocketUser SocketGroup SocketMode DirectoryMode Accept FlushPending Writable MaxConnections MaxConnectionsPerSource KeepAlive KeepAliveTimeSec KeepAliveIntervalSec KeepAliveProbes DeferAcceptSec NoDelay Priority ReceiveBuffer SendBuffer IPTOS IPTTL Mark PipeSize FreeBind Transparent Broadcast PassCredentials PassSecurity PassPacketInfo Timestamping TCPCongestion ReusePort MessageQueueMaxMessages MessageQueueMessageSize RemoveOnStop Symlinks FileDescriptorName Service TriggerLimitIntervalSec TriggerLimitBurst SmackLabel SmackLabelIPIn SmackLabelIPOut SELinuxContextFromNet',
  },
  {
    home: 'Timer',
    status: 'unsupported',
    sentence: timers,
    keys: 'OnCalendar OnActiveSec OnBootSec OnStartupSec OnUnitActiveSec OnUnitInactiveSec OnClockChange OnTimezoneChange Persistent WakeSystem RemainAfterElapse FixedRandomDelay AccuracySec RandomizedDelaySec Unit',
  },
  {
    home: 'Path',
    status: 'unsupported',
    sentence: 'path units are not started yet',
    keys: 'PathExists PathExistsGlob PathChanged PathModified DirectoryNotEmpty Unit MakeDirectory DirectoryMode TriggerLimitIntervalSec TriggerLimitBurst',
  },
  {
    home: 'Mount',
    status: 'unsupported',
    sentence: mounts,
    keys: 'What Where Options Type TimeoutSec DirectoryMode SloppyOptions LazyUnmount ForceUnmount ReadWriteOnly',
  },
  {
    home: 'Automount',
    status: 'unsupported',
    sentence: mounts,
    keys: 'Where ExtraOptions DirectoryMode TimeoutIdleSec',
  },
  { home: 'Swap', status: 'unsupported', sentence: mounts, keys: 'What Priority Options TimeoutSec' },
  {
    home: 'Scope',
    status: 'unsupported',
    sentence: 'scopes have no files',
    keys: 'RuntimeMaxSec RuntimeRandomizedExtraSec TimeoutStopSec OOMPolicy',
  },
];
