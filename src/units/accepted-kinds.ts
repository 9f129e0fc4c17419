/** The kinds of all settings that are kept as text, by the names that text-rows.ts has for them. */
import {
  type AcceptedKind,
  integer,
  list,
  normalizePath,
  obsolete,
  path,
  removed,
  scalar,
  type WhenEmpty,
  word,
  yesOrNo,
} from './accepted-kind.ts';
import * as activation from './activation-kinds.ts';
import * as credentials from './credential-kinds.ts';
import { userName } from './exec-kinds.ts';
import * as images from './image-kinds.ts';
import * as resources from './resource-kinds.ts';
import * as sandbox from './sandbox-kinds.ts';
import * as streams from './stream-kinds.ts';
import { expandOrWarn } from './value-kind.ts';
import { formatDuration, parseDuration } from './values/duration.ts';
import { formatMode, parseMode } from './values/mode.ts';
import { formatSignal, parseSignal } from './values/signal.ts';
import { parseSize } from './values/size.ts';
import { type ZoneFiles, zonesFrom } from './values/zones.ts';
import * as lists from './values/word-list.ts';

const most32 = 2 ** 32 - 1;

const boolean = scalar('boolean', 'wrong', yesOrNo);
const string = scalar('text', 'reset', (text, context) => expandOrWarn(text, context) ?? '');

function seconds(empty: WhenEmpty, zeroIsNever = false): AcceptedKind {
  return scalar('time span', empty, (text) => {
    const span = parseDuration(text);
    return span === undefined ? undefined : formatDuration(zeroIsNever && span === 0 ? Infinity : span);
  });
}

/** A wrong one keeps the unit from being loaded. */
function fatal(kind: AcceptedKind): AcceptedKind {
  return { ...kind, fatal: true };
}

/** `files`: for the zones of calendar expressions. */
export function makeAcceptedKinds(files: ZoneFiles) {
  const zones = zonesFrom(files, undefined);
  return {
    removed,
    boolean,
    fatalBoolean: fatal(boolean),
    /** Empty: as if it were not written. */
    tristate: scalar('boolean', 'reset', yesOrNo),
    seconds: seconds('wrong'),
    timeout: seconds('wrong', true),
    secondsOrNever: seconds('reset'),
    unsigned: integer('unsigned number', 0, most32),
    integer: integer('number', -(2 ** 31), 2 ** 31 - 1),
    terminalSize: integer('number', 0, most32, 'reset'),
    size: scalar('size', 'wrong', (text) => parseSize(text)?.toString()),
    mode: scalar('file mode', 'wrong', (text) => {
      const mode = parseMode(text);
      return mode === undefined ? undefined : formatMode(mode);
    }),
    signal: scalar('signal', 'wrong', (text) => {
      const signal = parseSignal(text);
      return signal === undefined ? undefined : formatSignal(signal);
    }),
    string,
    /** Without specifiers. */
    plainString: scalar('text', 'reset', (text) => text),
    path: path(false),
    fatalPath: path(true),
    paths: list('absolute path', 'unquote', normalizePath('absolute')),
    wholePaths: list('absolute path', 'whole', normalizePath('absolute')),
    user: {
      what: 'user or group',
      list: false,
      read: (text, before, context) => userName.read(text, before ?? '', context),
    } as AcceptedKind,

    oomPolicy: word('continue stop kill'),
    action: word(
      'none exit exit-force reboot reboot-force reboot-immediate poweroff poweroff-force poweroff-immediate soft-reboot soft-reboot-force kexec kexec-force halt halt-force halt-immediate',
    ),
    rebootArgument: sandbox.rebootArgument,
    isolate: obsolete(boolean, 'use OnFailureJobMode='),
    openFile: sandbox.openFile,

    protectSystem: word('no yes full strict', 'wrong', 'yes'),
    protectHome: word('no yes read-only tmpfs', 'wrong', 'yes'),
    protectProc: word('default noaccess invisible ptraceable'),
    procSubset: word('all pid'),
    protectControlGroups: word('no yes private strict', 'wrong', 'yes'),
    privateTmp: word('no yes connected disconnected', 'wrong', 'yes'),
    privateUsers: word('no yes self identity', 'wrong', 'yes'),
    mountFlags: word('shared slave private', 'reset'),
    keyring: word('inherit private shared'),
    utmpMode: word('init login user'),
    namespacePaths: sandbox.namespacePaths,
    bindPaths: sandbox.bindPaths,
    temporaryFilesystems: sandbox.temporaryFilesystems,
    rootImageOptions: images.rootImageOptions,
    mountImages: images.mountImages,
    extensionImages: images.extensionImages,
    imagePolicy: images.imagePolicy,
    rootHash: images.rootHash,
    rootHashSignature: images.rootHashSignature,
    namespaces: sandbox.namespaces,
    secureBits: sandbox.secureBits,
    coredumpFilter: sandbox.coredumpFilter,
    systemCalls: sandbox.systemCalls,
    systemCallsLogged: sandbox.systemCallsLogged,
    systemCallAnswer: sandbox.systemCallAnswer,
    architectures: sandbox.systemCallArchitectures,
    addressFamilies: sandbox.addressFamilies,
    filesystems: sandbox.filesystems,
    personality: sandbox.personality,
    label: sandbox.label,

    ioClass: sandbox.named('scheduling class', lists.ioClasses, 8),
    ioPriority: integer('priority', 0, 7, 'reset'),
    cpuPolicy: sandbox.named('scheduling policy', lists.schedulingPolicies, 2 ** 31 - 1),
    cpuPriority: integer('priority', 0, 99),
    numaPolicy: sandbox.named('memory policy', lists.numaPolicies, -1),
    cpuAffinity: resources.cpuSet(true, 'numa'),
    numaMask: resources.cpuSet(false, 'all'),
    facility: sandbox.named('log facility', lists.logFacilities, 127, 'wrong'),
    level: sandbox.named('log level', lists.logLevels, 7, 'wrong'),
    extraFields: streams.extraFields,
    logNamespace: sandbox.logNamespace,
    logPattern: sandbox.logPattern,
    credential: credentials.credential(false),
    encryptedCredential: credentials.credential(true),
    loadedCredential: credentials.loadedCredential,
    importedCredential: credentials.importedCredential,
    inputText: streams.inputText,
    inputData: streams.inputData,

    slice: resources.slice,
    cpuSet: resources.cpuSet(true),
    weight: resources.weight,
    cpuWeight: resources.cpuWeight,
    cpuShares: resources.cpuShares,
    quota: resources.quota,
    memory: resources.memory(false),
    memoryOrNone: resources.memory(true),
    memoryLimit: obsolete(resources.memory(false), 'use MemoryMax='),
    tasks: resources.tasks,
    devices: resources.devices,
    devicePolicy: word('auto closed strict'),
    deviceWeights: resources.deviceWeights,
    deviceLimits: resources.deviceLimits,
    deviceLatencies: resources.deviceLatencies,
    blockWeight: resources.blockIoWeight,
    blockDeviceWeights: resources.blockDeviceWeights,
    blockBandwidths: resources.blockBandwidths,
    delegate: resources.delegate,
    delegateSubgroup: resources.delegateSubgroup,
    controllers: resources.controllerNames,
    addressPrefixes: resources.addressPrefixes,
    oomMode: resources.oomMode,
    oomPressure: resources.oomPressure,
    oomDuration: resources.oomDuration,
    oomPreference: word('none avoid omit'),
    pressureWatch: word('no yes auto skip', 'reset', 'yes'),
    bpfProgram: resources.bpfProgram,
    socketBinds: resources.socketBinds,
    interfaces: resources.interfaces,
    nftSets: resources.nftSets,

    socketAddress: activation.socketAddress,
    netlinkAddress: activation.netlinkAddress,
    listenPath: activation.listenPath,
    socketProtocol: activation.socketProtocol,
    bindIpv6Only: activation.bindIpv6Only,
    bindToDevice: activation.bindToDevice,
    typeOfService: activation.typeOfService,
    timestamping: activation.timestamping,
    descriptorName: activation.descriptorName,
    serviceName: activation.serviceName,
    long: sandbox.long,
    triggeredUnit: activation.triggeredUnit,
    elapse: activation.elapse,
    watchedPath: activation.watchedPath,
    calendar: activation.calendar(zones),
    swapPriority: sandbox.swapPriority,
  };
}

export type AcceptedKinds = ReturnType<typeof makeAcceptedKinds>;
export type AcceptedKindName = keyof AcceptedKinds;
