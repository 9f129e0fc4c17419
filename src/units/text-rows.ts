/* eslint max-lines: off -- a table */
/** The rows of the table (directives.ts) whose values are kept as text: carried out from that, or not, by reason. */
import type { AcceptedKindName } from './accepted-kinds.ts';
import type { Directive, Group, Section } from './directives.ts';

export interface TextRows {
  readonly home: Section | Group;
  readonly status: Directive['status'];
  readonly sentence: string;
  readonly needs?: string;
  /** By kind of value; with blanks between. */
  readonly keys: Readonly<Partial<Record<AcceptedKindName, string>>>;
}

/** Made when the table is made: what it says need not be kept. */
export function textRows(): readonly TextRows[] {
  const sockets = 'socket units are not activated yet';
  const mounts = "the container's engine mounts, pidone does not";
  const scopes = 'scopes have no files';
  const noReboot = 'a container does not reboot: pidone leaves, and the engine decides';
  const notYet = 'not yet carried out';
  const gone = 'systemd has not had it for years';
  return [
    {
      home: 'Unit',
      status: 'harmless',
      sentence: noReboot,
      keys: { rebootArgument: 'JobTimeoutRebootArgument RebootArgument' },
    },
    { home: 'Unit', status: 'unsupported', sentence: 'use OnFailureJobMode=', keys: { isolate: 'OnFailureIsolate' } },
    {
      home: 'Unit',
      status: 'unsupported',
      sentence: 'the end of a container spares no process',
      keys: { boolean: 'SurviveFinalKillSignal' },
    },
    { home: 'Unit', status: 'harmless', sentence: gone, keys: { removed: 'IgnoreOnSnapshot' } },
    { home: 'Service', status: 'harmless', sentence: noReboot, keys: { string: 'RebootArgument' } },
    {
      home: 'Service',
      status: 'harmless',
      sentence: 'systemd has replaced it by prefixes of command lines',
      keys: { boolean: 'PermissionsStartOnly' },
    },
    { home: 'Service', status: 'harmless', sentence: gone, keys: { removed: 'SysVStartPriority BusPolicy' } },
    {
      home: 'Service',
      status: 'unsupported',
      sentence: notYet,
      keys: { boolean: 'NonBlocking' },
    },
    {
      home: 'Service',
      status: 'unsupported',
      sentence: 'no descriptors are opened for a service',
      keys: { openFile: 'OpenFile' },
    },
    {
      home: 'Service',
      status: 'unsupported',
      sentence: 'a container has no USB gadget',
      keys: { path: 'USBFunctionDescriptors USBFunctionStrings' },
    },
    {
      home: 'exec',
      status: 'works-if-privileged',
      sentence: 'mounts and namespaces of its own need CAP_SYS_ADMIN',
      needs: 'cap_sys_admin',
      keys: {
        namespacePaths:
          'ReadWriteDirectories ReadOnlyDirectories InaccessibleDirectories ReadWritePaths ReadOnlyPaths InaccessiblePaths ExecPaths NoExecPaths',
        boolean:
          'PrivateDevices ProtectKernelTunables ProtectKernelLogs ProtectKernelModules PrivateNetwork PrivateMounts PrivateIPC',
        privateTmp: 'PrivateTmp',
        protectControlGroups: 'ProtectControlGroups',
        protectSystem: 'ProtectSystem',
        protectHome: 'ProtectHome',
        protectProc: 'ProtectProc',
        procSubset: 'ProcSubset',
        mountFlags: 'MountFlags',
        tristate: 'MountAPIVFS',
        bindPaths: 'BindPaths BindReadOnlyPaths',
        temporaryFilesystems: 'TemporaryFileSystem',
      },
    },
    {
      home: 'exec',
      status: 'harmless',
      sentence: 'not carried out; the container is a namespace already',
      keys: { boolean: 'PrivatePIDs', privateUsers: 'PrivateUsers', tristate: 'BindLogSockets' },
    },
    {
      home: 'exec',
      status: 'done',
      sentence: '',
      keys: {
        systemCalls: 'SystemCallFilter',
        systemCallsLogged: 'SystemCallLog',
        architectures: 'SystemCallArchitectures',
        systemCallAnswer: 'SystemCallErrorNumber',
        boolean:
          'MemoryDenyWriteExecute RestrictRealtime RestrictSUIDSGID LockPersonality ProtectClock ProtectHostname',
        namespaces: 'RestrictNamespaces',
        addressFamilies: 'RestrictAddressFamilies',
      },
    },
    {
      home: 'exec',
      status: 'harmless',
      sentence: "a container's services are not kept from file systems by their type",
      keys: { filesystems: 'RestrictFileSystems' },
    },
    {
      home: 'exec',
      status: 'harmless',
      sentence: 'security modules are set up by the host',
      keys: { label: 'SELinuxContext AppArmorProfile SmackProcessLabel' },
    },
    {
      home: 'exec',
      status: 'done',
      sentence: '',
      keys: { cpuAffinity: 'CPUAffinity', coredumpFilter: 'CoredumpFilter', personality: 'Personality' },
    },
    {
      home: 'exec',
      status: 'done',
      sentence: '',
      keys: {
        credential: 'SetCredential',
        loadedCredential: 'LoadCredential',
        importedCredential: 'ImportCredential',
      },
    },
    {
      home: 'exec',
      status: 'unsupported',
      sentence: 'a container has no key to decrypt it: the command ends with 243/CREDENTIALS',
      keys: { encryptedCredential: 'SetCredentialEncrypted', loadedCredential: 'LoadCredentialEncrypted' },
    },
    {
      home: 'exec',
      status: 'harmless',
      sentence: 'what a user shares in memory stays when the service has ended',
      keys: { boolean: 'RemoveIPC' },
    },
    {
      home: 'exec',
      status: 'works-if-privileged',
      sentence: 'a user of its own needs CAP_SETUID and CAP_SETGID; no name service knows that user',
      needs: 'cap_setuid cap_setgid',
      keys: { fatalBoolean: 'DynamicUser' },
    },
    {
      home: 'exec',
      status: 'works-if-privileged',
      sentence: 'the realtime policies need CAP_SYS_NICE',
      needs: 'cap_sys_nice',
      keys: {
        cpuPolicy: 'CPUSchedulingPolicy',
        cpuPriority: 'CPUSchedulingPriority',
        boolean: 'CPUSchedulingResetOnFork',
        ioClass: 'IOSchedulingClass',
        ioPriority: 'IOSchedulingPriority',
      },
    },
    {
      home: 'exec',
      status: 'works-if-privileged',
      sentence: "the engines' filters of system calls leave set_mempolicy(2) to who has CAP_SYS_NICE",
      needs: 'cap_sys_nice',
      keys: { numaPolicy: 'NUMAPolicy', numaMask: 'NUMAMask' },
    },
    {
      home: 'exec',
      status: 'works-if-privileged',
      sentence: 'secure bits need CAP_SETPCAP',
      needs: 'cap_setpcap',
      keys: { secureBits: 'SecureBits' },
    },
    {
      home: 'exec',
      status: 'works-if-privileged',
      sentence: 'merging of memory needs CAP_SYS_RESOURCE',
      needs: 'cap_sys_resource',
      keys: { tristate: 'MemoryKSM' },
    },
    {
      home: 'exec',
      status: 'harmless',
      sentence: "concerns systemd's journal, login records, keyrings or core dumps, which a container does not have",
      keys: {
        seconds: 'TimeoutCleanSec',
        logNamespace: 'LogNamespace',
        logPattern: 'LogFilterPatterns',
        keyring: 'KeyringMode',
        string: 'UtmpIdentifier',
        utmpMode: 'UtmpMode',
      },
    },
    {
      home: 'exec',
      status: 'harmless',
      sentence: "the container's terminal is its engine's",
      keys: { boolean: 'TTYReset TTYVHangup TTYVTDisallocate', terminalSize: 'TTYRows TTYColumns' },
    },
    {
      home: 'exec',
      status: 'unsupported',
      sentence: 'images and namespaces of others are not mounted',
      keys: {
        fatalPath: 'RootImage RootVerity',
        rootImageOptions: 'RootImageOptions',
        imagePolicy: 'RootImagePolicy MountImagePolicy ExtensionImagePolicy',
        rootHash: 'RootHash',
        rootHashSignature: 'RootHashSignature',
        boolean: 'RootEphemeral',
        namespacePaths: 'ExtensionDirectories',
        extensionImages: 'ExtensionImages',
        mountImages: 'MountImages',
        path: 'NetworkNamespacePath IPCNamespacePath',
      },
    },
    { home: 'exec', status: 'done', sentence: '', keys: { tristate: 'SetLoginEnvironment' } },
    {
      home: 'exec',
      status: 'harmless',
      sentence: 'no session of PAM is opened: the service runs as its user without one',
      keys: { string: 'PAMName' },
    },
    {
      home: 'exec',
      status: 'done',
      sentence: '',
      keys: {
        level: 'LogLevelMax',
        inputText: 'StandardInputText',
        inputData: 'StandardInputData',
        facility: 'SyslogFacility',
        seconds: 'LogRateLimitIntervalSec',
        unsigned: 'LogRateLimitBurst',
        extraFields: 'LogExtraFields',
      },
    },
    { home: 'exec', status: 'harmless', sentence: gone, keys: { removed: 'Capabilities' } },
    {
      home: 'resources',
      status: 'harmless',
      sentence: "resources are limited by the container's engine: there is no control group to write to",
      keys: {
        slice: 'Slice',
        cpuSet: 'AllowedCPUs StartupAllowedCPUs AllowedMemoryNodes StartupAllowedMemoryNodes',
        boolean:
          'CPUAccounting MemoryAccounting IOAccounting BlockIOAccounting TasksAccounting IPAccounting MemoryZSwapWriteback CoredumpReceive',
        cpuWeight: 'CPUWeight StartupCPUWeight',
        cpuShares: 'CPUShares StartupCPUShares',
        quota: 'CPUQuota',
        secondsOrNever: 'CPUQuotaPeriodSec',
        memory: 'MemoryHigh StartupMemoryHigh MemoryMax StartupMemoryMax DefaultStartupMemoryLow',
        memoryOrNone:
          'MemoryMin DefaultMemoryMin DefaultMemoryLow MemoryLow StartupMemoryLow MemorySwapMax StartupMemorySwapMax MemoryZSwapMax StartupMemoryZSwapMax',
        memoryLimit: 'MemoryLimit',
        seconds: 'MemoryPressureThresholdSec',
        pressureWatch: 'MemoryPressureWatch',
        devices: 'DeviceAllow',
        devicePolicy: 'DevicePolicy',
        weight: 'IOWeight StartupIOWeight',
        deviceWeights: 'IODeviceWeight',
        deviceLimits: 'IOReadBandwidthMax IOWriteBandwidthMax IOReadIOPSMax IOWriteIOPSMax',
        deviceLatencies: 'IODeviceLatencyTargetSec',
        blockWeight: 'BlockIOWeight StartupBlockIOWeight',
        blockDeviceWeights: 'BlockIODeviceWeight',
        blockBandwidths: 'BlockIOReadBandwidth BlockIOWriteBandwidth',
        tasks: 'TasksMax',
        delegate: 'Delegate',
        delegateSubgroup: 'DelegateSubgroup',
        controllers: 'DisableControllers',
        addressPrefixes: 'IPAddressAllow IPAddressDeny',
        wholePaths: 'IPIngressFilterPath IPEgressFilterPath',
        oomMode: 'ManagedOOMSwap ManagedOOMMemoryPressure',
        oomPressure: 'ManagedOOMMemoryPressureLimit',
        oomDuration: 'ManagedOOMMemoryPressureDurationSec',
        oomPreference: 'ManagedOOMPreference',
        bpfProgram: 'BPFProgram',
        socketBinds: 'SocketBindAllow SocketBindDeny',
        interfaces: 'RestrictNetworkInterfaces',
        nftSets: 'NFTSet',
      },
    },
    { home: 'resources', status: 'harmless', sentence: gone, keys: { removed: 'NetClass' } },
    {
      home: 'Socket',
      status: 'unsupported',
      sentence: sockets,
      keys: {
        socketAddress: 'ListenStream ListenDatagram ListenSequentialPacket',
        listenPath: 'ListenFIFO ListenSpecial ListenMessageQueue ListenUSBFunction',
        netlinkAddress: 'ListenNetlink',
        socketProtocol: 'SocketProtocol',
        bindIpv6Only: 'BindIPv6Only',
        unsigned: 'Backlog MaxConnections MaxConnectionsPerSource KeepAliveProbes TriggerLimitBurst PollLimitBurst',
        bindToDevice: 'BindToDevice',
        timeout: 'TimeoutSec',
        user: 'SocketUser SocketGroup',
        mode: 'SocketMode DirectoryMode',
        boolean:
          'Accept FlushPending Writable KeepAlive NoDelay FreeBind Transparent Broadcast PassCredentials PassSecurity PassPacketInfo ReusePort RemoveOnStop SELinuxContextFromNet PassFileDescriptorsToExec',
        seconds: 'KeepAliveTimeSec KeepAliveIntervalSec DeferAcceptSec TriggerLimitIntervalSec PollLimitIntervalSec',
        integer: 'Priority IPTTL Mark',
        size: 'ReceiveBuffer SendBuffer PipeSize',
        typeOfService: 'IPTOS',
        timestamping: 'Timestamping',
        plainString: 'TCPCongestion',
        long: 'MessageQueueMaxMessages MessageQueueMessageSize',
        paths: 'Symlinks',
        descriptorName: 'FileDescriptorName',
        serviceName: 'Service',
        string: 'SmackLabel SmackLabelIPIn SmackLabelIPOut',
      },
    },
    {
      home: 'Timer',
      status: 'done',
      sentence: '',
      keys: {
        calendar: 'OnCalendar',
        elapse: 'OnActiveSec OnBootSec OnStartupSec OnUnitActiveSec OnUnitInactiveSec',
      },
    },
    {
      home: 'Timer',
      status: 'harmless',
      sentence: 'the host sleeps and wakes as it likes',
      keys: { boolean: 'WakeSystem' },
    },
    {
      home: 'Timer',
      status: 'done',
      sentence: '',
      keys: {
        boolean: 'OnClockChange OnTimezoneChange Persistent RemainAfterElapse FixedRandomDelay DeferReactivation',
        seconds: 'AccuracySec RandomizedDelaySec',
        triggeredUnit: 'Unit',
      },
    },
    {
      home: 'Path',
      status: 'done',
      sentence: '',
      keys: { watchedPath: 'PathExists PathExistsGlob PathChanged PathModified DirectoryNotEmpty' },
    },
    {
      home: 'Path',
      status: 'done',
      sentence: '',
      keys: {
        triggeredUnit: 'Unit',
        boolean: 'MakeDirectory',
        mode: 'DirectoryMode',
        seconds: 'TriggerLimitIntervalSec',
        unsigned: 'TriggerLimitBurst',
      },
    },
    {
      home: 'Mount',
      status: 'unsupported',
      sentence: mounts,
      keys: {
        string: 'What Options Type',
        path: 'Where',
        timeout: 'TimeoutSec',
        mode: 'DirectoryMode',
        boolean: 'SloppyOptions LazyUnmount ForceUnmount ReadWriteOnly',
      },
    },
    {
      home: 'Automount',
      status: 'unsupported',
      sentence: mounts,
      keys: { path: 'Where', string: 'ExtraOptions', mode: 'DirectoryMode', timeout: 'TimeoutIdleSec' },
    },
    {
      home: 'Swap',
      status: 'unsupported',
      sentence: mounts,
      keys: { path: 'What', swapPriority: 'Priority', string: 'Options', timeout: 'TimeoutSec' },
    },
    {
      home: 'Scope',
      status: 'done',
      sentence: '',
      keys: { seconds: 'RuntimeMaxSec TimeoutStopSec' },
    },
    {
      home: 'Scope',
      status: 'unsupported',
      sentence: scopes,
      keys: { seconds: 'RuntimeRandomizedExtraSec', oomPolicy: 'OOMPolicy' },
    },
  ];
}
