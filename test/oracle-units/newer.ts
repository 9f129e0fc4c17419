/** What versions of systemd from 253 on know, and pidone with them. */

/** Directives, by the version that brought them. */
export const newerKeys: ReadonlySet<string> = new Set(
  [
    // 253
    'MemoryZSwapMax OpenFile ReloadSignal LogFilterPatterns',
    // 254
    'FileDescriptorStorePreserve RestartSteps RestartMaxDelaySec RestartMode SurviveFinalKillSignal DelegateSubgroup MemoryPressureWatch MemoryPressureThresholdSec MemoryKSM RootEphemeral RootImagePolicy MountImagePolicy ExtensionImagePolicy ImportCredential StartupMemoryLow StartupMemoryHigh StartupMemoryMax StartupMemorySwapMax StartupMemoryZSwapMax DefaultStartupMemoryLow',
    // 255
    'SetLoginEnvironment CoredumpReceive PollLimitIntervalSec PollLimitBurst NFTSet UpheldBy',
    // 256
    'WantsMountsFor MemoryZSwapWriteback PassFileDescriptorsToExec',
    // 257
    'PrivatePIDs BindLogSockets ManagedOOMMemoryPressureDurationSec DeferReactivation',
    // 258
    'ConditionPathIsSocket AssertPathIsSocket',
  ]
    .join(' ')
    .split(' '),
);

/** Values of directives that are older. */
export const newerValues: ReadonlyMap<string, readonly string[]> = new Map([
  ['PrivateTmp', ['disconnected', 'connected']],
  ['PrivateUsers', ['self', 'identity']],
  ['ProtectControlGroups', ['private', 'strict']],
  ['JobTimeoutAction', ['soft-reboot', 'kexec', 'halt']],
]);

/** What systemd tells of them it tells without file and line. */
export const placeless: ReadonlySet<string> = new Set(['OnFailureIsolate']);
