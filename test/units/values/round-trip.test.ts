import test from 'ava';
import fc from 'fast-check';
import {
  formatIpAddress,
  formatIpPrefix,
  type IpAddress,
  parseIpAddress,
  parseIpPrefix,
} from '../../../src/units/values/address.ts';
import { formatBoolean, parseBoolean } from '../../../src/units/values/boolean.ts';
import { allCapabilities, formatCapabilities, parseCapabilities } from '../../../src/units/values/capability.ts';
import { formatCpuSet, parseCpuSet } from '../../../src/units/values/cpu-set.ts';
import { formatDeviceRule, parseDeviceRule } from '../../../src/units/values/device.ts';
import { formatErrno, parseErrno } from '../../../src/units/values/errno.ts';
import {
  formatExitStatus,
  formatExitStatuses,
  parseExitStatus,
  parseExitStatuses,
} from '../../../src/units/values/exit-status.ts';
import { formatLimit, type LimitCounts, limitInfinity, parseLimit } from '../../../src/units/values/limit.ts';
import { parseInteger, parseUnsigned64 } from '../../../src/units/values/integer.ts';
import { formatMode, parseMode } from '../../../src/units/values/mode.ts';
import { endless, formatNanoseconds, parseNanoseconds } from '../../../src/units/values/nanoseconds.ts';
import { formatPermyriad, parsePermyriad } from '../../../src/units/values/percent.ts';
import { formatSignal, parseSignal } from '../../../src/units/values/signal.ts';
import { formatSize, parseSize, type SizeBase } from '../../../src/units/values/size.ts';
import {
  formatNetlinkAddress,
  formatSocketAddress,
  formatSocketBind,
  parseNetlinkAddress,
  parseSocketAddress,
  parseSocketBind,
  type SocketAddress,
} from '../../../src/units/values/socket-address.ts';
import { formatSystemCallRule, parseSystemCallRule } from '../../../src/units/values/system-call.ts';
import {
  coredumpFilterNames,
  formatBits,
  formatWordOrNumber,
  ioClasses,
  logFacilities,
  namespaceNames,
  parseBits,
  parseWordOrNumber,
  schedulingPolicies,
  secureBitNames,
} from '../../../src/units/values/word-list.ts';

const port = fc.integer({ min: 1, max: 65535 });
const whole32 = fc.nat({ max: 2 ** 32 - 1 });
const four = fc.array(fc.nat({ max: 255 }), { minLength: 4, maxLength: 4 });
const six = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 0xffff })), { minLength: 8, maxLength: 8 });
const address: fc.Arbitrary<IpAddress> = fc.oneof(
  four.map((parts) => ({ family: 4 as const, parts })),
  six.map((parts) => ({ family: 6 as const, parts })),
);
const socket: fc.Arbitrary<SocketAddress> = fc.oneof(
  fc.stringMatching(/^[/@][a-z/.]{1,60}$/).map((path) => ({ kind: 'unix' as const, path })),
  fc.record({
    kind: fc.constant('ip' as const),
    address,
    port,
    device: fc.constantFrom(undefined, 'eth0', '3'),
  }),
  port.map((number) => ({ kind: 'ip' as const, address: undefined, port: number, device: undefined })),
  fc.record({ kind: fc.constant('vsock' as const), cid: fc.option(whole32, { nil: undefined }), port: whole32 }),
);

/** What is formatted is read as what it was. */
function holds<T>(
  t: { pass(): void; deepEqual(a: unknown, b: unknown): unknown },
  values: fc.Arbitrary<T>,
  again: (value: T) => unknown,
): void {
  fc.assert(
    fc.property(values, (value) => {
      t.deepEqual(again(value), value);
    }),
    { numRuns: 300 },
  );
  t.pass();
}

test('A size that is written is read as itself, at both bases', (t) => {
  for (const base of [1024, 1000] as const satisfies readonly SizeBase[]) {
    holds(t, fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (bytes) => parseSize(formatSize(bytes, base), base));
    holds(
      t,
      fc.nat({ max: 60 }).map((power) => 1n << BigInt(power)),
      (bytes) => parseSize(formatSize(bytes, base), base),
    );
  }
});

test('Parts of a whole, spans of nanoseconds, modes, signals and error numbers are read as they are written', (t) => {
  holds(t, fc.nat({ max: 1_000_000 }), (parts) => parsePermyriad(formatPermyriad(parts)));
  holds(t, fc.bigInt({ min: 0n, max: (1n << 63n) - 1n }), (span) => parseNanoseconds(formatNanoseconds(span)));
  t.is(parseNanoseconds(formatNanoseconds(endless)), endless);
  holds(t, fc.nat({ max: 0o7777 }), (mode) => parseMode(formatMode(mode)));
  holds(t, fc.integer({ min: 1, max: 64 }), (signal) => parseSignal(formatSignal(signal)));
  holds(t, fc.integer({ min: 1, max: 4095 }), (number) => parseErrno(formatErrno(number)));
});

test('Addresses, prefixes and sockets are read as they are written', (t) => {
  holds(t, address, (it) => parseIpAddress(formatIpAddress(it)));
  const prefix = address.chain((it) =>
    fc.nat({ max: it.family === 4 ? 32 : 128 }).map((length) => ({ address: it, length })),
  );
  holds(t, prefix, (it) => parseIpPrefix(formatIpPrefix(it)));
  holds(t, socket, (it) => parseSocketAddress(formatSocketAddress(it)));
  const netlink = fc.record({ family: fc.nat({ max: 40 }), group: whole32 });
  holds(t, netlink, (it) => parseNetlinkAddress(formatNetlinkAddress(it)));
  const ports = fc.tuple(port, port).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  const bind = fc.record({
    family: fc.constantFrom(undefined, 'ipv4' as const, 'ipv6' as const),
    protocol: fc.constantFrom(undefined, 'tcp' as const, 'udp' as const),
    ports: fc.option(ports, { nil: undefined }),
  });
  holds(t, bind, (it) => parseSocketBind(formatSocketBind(it)));
});

test('Sets, bits, words of lists and rules are read as they are written', (t) => {
  const cpus = fc.uniqueArray(fc.nat({ max: 8191 }), { maxLength: 40 });
  holds(
    t,
    cpus.map((all) => parseCpuSet(all.join(',')) ?? []),
    (set) => parseCpuSet(formatCpuSet(set)),
  );
  for (const list of [namespaceNames, secureBitNames, coredumpFilterNames]) {
    const most = 2 ** list.split(' ').length - 1;
    holds(t, fc.integer({ min: 1, max: most }), (bits) => parseBits(formatBits(bits, list).split(' '), list));
  }
  for (const list of [schedulingPolicies, ioClasses, logFacilities]) {
    holds(t, fc.nat({ max: 100 }), (number) => parseWordOrNumber(formatWordOrNumber(number, list), list, 100));
  }
  holds(t, fc.bigInt({ min: 0n, max: allCapabilities }), (set) =>
    parseCapabilities(formatCapabilities(set).split(' ')),
  );
  const device = fc.record({
    device: fc.constantFrom('/dev/null', '/dev/a/b', 'char-pts', 'block-*'),
    rights: fc.constantFrom('', 'r', 'rw', 'rwm'),
  });
  holds(t, device, (rule) => {
    const [name = '', rights = ''] = formatDeviceRule(rule).split(' ');
    return parseDeviceRule(name, rights);
  });
  const call = fc.record({
    name: fc.constantFrom('read', '@mount', 'openat2'),
    answer: fc.oneof(fc.constantFrom(undefined, 'kill' as const), fc.integer({ min: 1, max: 4095 })),
  });
  holds(t, call, (rule) => parseSystemCallRule(formatSystemCallRule(rule)));
});

test('Booleans, exit statuses and limits of resources are read as they are written', (t) => {
  holds(t, fc.boolean(), (value) => parseBoolean(formatBoolean(value)));
  holds(t, fc.nat({ max: 255 }), (status) => parseExitStatus(formatExitStatus(status)));
  const statusSet = fc.record({
    statuses: fc.uniqueArray(fc.nat({ max: 255 })).map((all) => new Set(all.sort((a, b) => a - b))),
    // 32 and 33 have no name, and a number is a status there.
    signals: fc.uniqueArray(fc.integer({ min: 1, max: 31 })).map((all) => new Set(all)),
  });
  holds(t, statusSet, (set) => {
    const { statuses, signals } = parseExitStatuses(formatExitStatuses(set).split(' ').filter(Boolean));
    return { statuses, signals };
  });
  const most: Readonly<Record<LimitCounts, bigint>> = {
    bytes: limitInfinity,
    number: limitInfinity,
    seconds: (2n ** 64n - 2n) / 1_000_000n - 1n,
    microseconds: 2n ** 63n - 1n,
    nice: 40n,
  };
  for (const [counts, max] of Object.entries(most) as [LimitCounts, bigint][]) {
    const one =
      counts === 'nice'
        ? fc.bigInt({ min: 0n, max })
        : fc.oneof(fc.bigInt({ min: 0n, max }), fc.constant(limitInfinity));
    const both = fc.tuple(one, one).map(([a, b]) => (a < b ? { soft: a, hard: b } : { soft: b, hard: a }));
    holds(t, both, (limit) => parseLimit(formatLimit(limit), counts));
  }
});

test('A number is read in all of its bases, and only within its bounds', (t) => {
  const number = fc.nat({ max: 2 ** 31 - 1 });
  for (const write of [
    (value: number) => String(value),
    (value: number) => `+${value}`,
    (value: number) => `0x${value.toString(16)}`,
    (value: number) => `0b${value.toString(2)}`,
    (value: number) => `0o${value.toString(8)}`,
    (value: number) => `0${value.toString(8)}`,
  ]) {
    holds(t, number, (value) => parseInteger(write(value), 0, 2 ** 31 - 1));
  }
  t.is(parseInteger('-5', -5, 5), -5);
  for (const wrong of ['', ' 1', '1 ', '08', '0x', '1.5', '1e3', '--1', '6', '-6', 'infinity']) {
    t.is(parseInteger(wrong, -5, 5), undefined, wrong);
  }
  t.is(parseUnsigned64(String((1n << 64n) - 1n)), (1n << 64n) - 1n);
  t.is(parseUnsigned64(String(1n << 64n)), undefined);
});
