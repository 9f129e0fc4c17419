/**
 * Settings that are read and not carried out, for `show`: from the text that the unit has kept (Unit.accepted) to what the bus
 * says of them, by systemd's src/core/dbus-*.c and src/shared/bus-print-properties.c.
 */
import { dynamicNames, impliedByDynamicUser, isDynamic } from '../../units/dynamic-user.ts';
import type { Unit } from '../../units/model.ts';
import { base64Bytes, base64Text } from '../../units/values/base64.ts';
import { formatDuration } from '../../units/values/duration.ts';
import { formatCpuSet } from '../../units/values/cpu-set.ts';
import type * as RulesPart from '../../units/system-calls/rules.ts';
import { parseErrno } from '../../units/values/errno.ts';
import { numaMask, processorsOf } from '../../units/values/numa.ts';
import { parsePermyriad } from '../../units/values/percent.ts';
import { ioPriority, schedulingPriority } from '../../units/values/scheduling.ts';
import { betweenFields } from '../../units/values/record-field.ts';
import * as words from '../../units/values/word-list.ts';
import type { ManagedCall } from '../call.ts';
import { constant, list, type Property, property } from './property.ts';

export function acceptedProperties(call: ManagedCall, unit: Unit): readonly Property[] {
  const { accepted } = unit;
  const found: Property[] = [];
  const gathered = {
    Paths: [] as string[],
  };
  const plain = new Map<string, string>();
  const put = (name: string, value: string): void => {
    const before = plain.get(name);
    // Two spellings of one list.
    plain.set(name, before === undefined ? value : `${before} ${value}`);
  };
  for (const [key, text] of accepted) {
    const group = gatheredAs(key, text);
    if (group !== undefined) gathered[group.name].push(...group.values);
    else if (key === 'Delegate') found.push(...delegation(text));
    else if (key === 'SystemCallFilter' || key === 'SystemCallLog') put(key, systemCalls(call, key, text));
    else if (!untold.has(key)) put(nameOf(key), valueOf(key, text));
  }
  // systemd puts each before those that it has.
  gathered.Paths.reverse();
  for (const [name, values] of Object.entries(gathered))
    if (values.length > 0) found.push(property(name, () => values));
  if (accepted.has('SyslogFacility')) {
    const facility = words.logFacilities.split(' ').indexOf(accepted.get('SyslogFacility') ?? '');
    found.push(constant('SyslogPriority', String(facility * 8 + (unit.service?.exec.syslogLevel ?? 6))));
  }
  const io = ioPriority(accepted);
  if (io !== undefined)
    found.push(constant('IOSchedulingClass', String(io.class)), constant('IOSchedulingPriority', String(io.level)));
  const { files } = call.services;
  const nodes = numaMask(accepted.get('NUMAMask'), files);
  if (accepted.get('NUMAMask') === 'all') found.push(constant('NUMAMask', formatCpuSet(nodes)));
  if (nodes.length > 0 && !accepted.has('NUMAPolicy')) found.push(constant('NUMAPolicy', 'preferred'));
  if (accepted.get('CPUAffinity') === 'numa')
    found.push(property('CPUAffinity', () => formatCpuSet(processorsOf(nodes, files) ?? [])));
  if (accepted.has('CPUSchedulingPolicy'))
    found.push(constant('CPUSchedulingPriority', String(schedulingPriority(accepted))));
  if (unit.type === 'socket' && accepted.get('Accept') === 'yes' && !accepted.has('TriggerLimitBurst'))
    found.push(constant('TriggerLimitBurst', '200'));
  return [...[...plain].map(([name, value]) => constant(name, value)), ...found, ...consequences(unit)];
}

/** What no property says, or not what is written. */
const untold: ReadonlySet<string> = new Set(
  'PermissionsStartOnly OnFailureIsolate SetCredential SetCredentialEncrypted LoadCredential LoadCredentialEncrypted Unit Slice Timers Listen'.split(
    ' ',
  ),
);

/** Several settings, or several values of one, that are lines of one property. */
function gatheredAs(
  key: string,
  text: string,
): { readonly name: 'Paths'; readonly values: readonly string[] } | undefined {
  const lines = text.split('\n');
  if (key === 'Paths') return { name: key, values: lines.map((line) => line.replace(/^(\w+)=(.*)$/s, '$2 ($1)')) };
  return undefined;
}

/** The property's name where it is not the setting's: times are told in microseconds, and some have had other names. */
function nameOf(key: string): string {
  if (key === 'CPUQuota') return 'CPUQuotaPerSecUSec';
  if (key.endsWith('Sec')) return key.replace(/Sec$/, 'USec');
  return key.replace(/^(ReadWrite|ReadOnly|Inaccessible)Directories$/, '$1Paths');
}

function valueOf(key: string, text: string): string {
  switch (key) {
    case 'CPUSchedulingPolicy':
      return placeIn(words.schedulingPolicies, text);
    case 'SyslogFacility':
      return placeIn(words.logFacilities, text);
    case 'LogLevelMax':
      return placeIn(words.logLevels, text);
    case 'LogExtraFields':
      return text.replaceAll(betweenFields, ' ');
    case 'StandardInputData':
      return base64Text(base64Bytes(text));
    case 'SecureBits':
      return String(
        words.parseBits(
          text.split(' ').filter((word) => word !== ''),
          words.secureBitNames,
        ) ?? 0,
      );
    case 'SystemCallErrorNumber':
      return text === 'kill' ? '2147483647' : String(parseErrno(text) ?? text);
    case 'RestrictAddressFamilies':
      return text === 'none' ? '' : sortedWords(text);
    case 'IPAddressAllow':
    case 'IPAddressDeny':
      return text
        .split(' ')
        .flatMap((word) => addressNames[word.toLowerCase()] ?? word)
        .join(' ');
    case 'CPUQuota':
      return formatDuration((parsePermyriad(text) ?? 0) * 100);
    case 'ManagedOOMMemoryPressureLimit':
      return String(Math.floor(((parsePermyriad(text) ?? 0) * (2 ** 32 - 1) + 5000) / 10000));
    case 'ReadWritePaths':
    case 'ReadOnlyPaths':
    case 'InaccessiblePaths':
    case 'ReadWriteDirectories':
    case 'ReadOnlyDirectories':
    case 'InaccessibleDirectories':
      return list(text.split(' '));
    default:
      return text;
  }
}

function placeIn(list: string, word: string): string {
  const place = list.split(' ').indexOf(word);
  return place < 0 ? word : String(place);
}

/** A set of names, `~` before those that are taken away: of what is allowed, or with a `~` of what is not. */
function sortedWords(text: string): string {
  const isInverted = text.startsWith('~');
  const names = new Set<string>();
  for (const word of text.replaceAll('AF_LOCAL', 'AF_UNIX').split(' ')) {
    const name = word.replace(/^~/, '');
    if (word.startsWith('~') === isInverted) names.add(name);
    else names.delete(name);
  }
  return `${isInverted ? '~' : ''}${[...names].sort().join(' ')}`;
}

/** As sortedWords(), with groups as their members. */
function systemCalls(call: ManagedCall, key: string, text: string): string {
  const part = call.services.load('units/system-calls/rules.ts') as typeof RulesPart;
  return part.formatCallRules(key === 'SystemCallFilter' ? part.readCallFilter(text) : part.readCallRules(text, []));
}

const addressNames: Readonly<Record<string, readonly string[]>> = {
  any: ['0.0.0.0/0', '::/0'],
  localhost: ['127.0.0.0/8', '::1/128'],
  'link-local': ['169.254.0.0/16', 'fe80::/64'],
  multicast: ['224.0.0.0/4', 'ff00::/8'],
};

function delegation(text: string): readonly Property[] {
  const names = text === 'yes' || text === 'no' ? [] : text.split(' ');
  const bits = words.parseBits(names, words.controllers) ?? 0;
  const all = 'cpu cpuset io memory pids';
  return [
    constant('Delegate', text === 'no' ? 'no' : 'yes'),
    constant('DelegateControllers', text === 'yes' ? all : words.formatBits(bits, words.controllers)),
  ];
}

/** What systemd makes of some settings when all are read: unit_patch_contexts() in src/core/unit.c. */
function consequences({ accepted, service, name }: Unit): readonly Property[] {
  const is = (key: string): boolean => accepted.get(key) === 'yes';
  const found: Property[] = [];
  const rules = (accepted.get('DeviceAllow') ?? '')
    .split('\n')
    .filter((rule) => rule !== '')
    .reverse();
  const isClosed = (accepted.get('DevicePolicy') ?? 'auto') !== 'auto' || is('PrivateDevices');
  if (is('ProtectClock') && (isClosed || rules.length > 0)) rules.unshift('char-rtc r');
  if (rules.length > 0) found.push(property('DeviceAllow', () => rules));
  if ((accepted.get('Delegate') ?? 'no') !== 'no' && !accepted.has('OOMPolicy'))
    found.push(constant('OOMPolicy', 'continue'));
  if (is('PrivateDevices') && (accepted.get('DevicePolicy') ?? 'auto') === 'auto')
    found.push(constant('DevicePolicy', 'closed'));
  if (isDynamic(accepted)) {
    const { user, group } = dynamicNames(name, service?.exec ?? { user: '', group: '' });
    found.push(constant('User', user), constant('Group', group));
    for (const [key, value] of impliedByDynamicUser(accepted)) found.push(constant(key, value));
  }
  return found;
}
