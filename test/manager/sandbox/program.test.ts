import test from 'ava';
import fc from 'fast-check';

import { actions } from '../../../src/manager/sandbox/bpf.ts';
import { fatesOf } from '../../../src/manager/sandbox/policy.ts';
import { seccompProgram } from '../../../src/manager/sandbox/program.ts';
import { type Architecture, architecturesOf, numbersOf } from '../../../src/units/system-calls/calls.ts';
import { groups, systemCalls } from '../../../src/units/values/system-call.ts';
import { instructionsOf, runFilter } from './interpreter.ts';

const machines = ['x86_64', 'aarch64'];

/** What a filter of these settings makes of a call; `allow`, `kill`, `log`, or the number of an error. */
function asker(settings: Readonly<Record<string, string>>, machine = 'x86_64') {
  const program = seccompProgram(new Map(Object.entries(settings)), machine, 0);
  if (program === undefined) throw new Error('no program');
  const code = instructionsOf(program);
  return (name: string | number, args: readonly number[] = [], architecture?: Architecture): string | number => {
    const facts = architecturesOf(machine).find((one) => one.name === architecture) ?? architecturesOf(machine)[0];
    const number = typeof name === 'number' ? name : numbersOf(facts?.name ?? 'amd64').get(name);
    if (facts === undefined || number === undefined) throw new Error(`no such call: ${name}`);
    return wordOf(runFilter(code, { number, audit: facts.audit, arguments: args }));
  };
}

function wordOf(action: number): string | number {
  const words = new Map<number, string>([
    [actions.allow, 'allow'],
    [actions.log, 'log'],
    [actions.killProcess, 'kill'],
    [actions.killThread, 'kill'],
  ]);
  return words.get(action) ?? action & 0xffff;
}

test('An allow list forbids the rest: killed, or the error of SystemCallErrorNumber=; what is younger than the table does not exist', (t) => {
  const ask = asker({ SystemCallFilter: '@system-service ~@privileged ~uname:EILSEQ' });
  t.deepEqual(
    [ask('read'), ask('execve'), ask('reboot'), ask('chroot'), ask('uname'), ask(4000)],
    ['allow', 'allow', 'kill', 'kill', 84, 38],
  );
  const soft = asker({ SystemCallFilter: 'read', SystemCallErrorNumber: 'EPERM' });
  t.deepEqual([soft('read'), soft('exit_group'), soft('write'), soft('write', [], 'i386')], ['allow', 'allow', 1, 1]);
});

test('A list that begins with ~ forbids what it names, and what a later line allows again it does not', (t) => {
  const ask = asker({ SystemCallFilter: '~@clock ~uname:EILSEQ @clock ~settimeofday:kill' });
  t.deepEqual(
    [ask('read'), ask('uname'), ask('adjtimex'), ask('settimeofday'), ask(4000)],
    ['allow', 84, 'allow', 'kill', 'allow'],
  );
});

test('i386: calls that one call has many of are found by its first argument', (t) => {
  const deny = asker({ SystemCallFilter: '~bind' });
  t.deepEqual(
    [deny('socketcall', [2], 'i386'), deny('socketcall', [1], 'i386'), deny('bind', [], 'i386')],
    ['kill', 'allow', 'kill'],
  );
  const allow = asker({ SystemCallFilter: 'socket semop' });
  t.deepEqual(
    [
      allow('socketcall', [1], 'i386'),
      allow('socketcall', [2], 'i386'),
      allow('ipc', [1], 'i386'),
      allow('ipc', [99], 'i386'),
    ],
    ['allow', 'kill', 'allow', 'kill'],
  );
  const whole = asker({ SystemCallFilter: '@network-io' });
  t.is(whole('socketcall', [2], 'i386'), 'allow');
});

test('SystemCallArchitectures=native leaves no other architecture; x32 is told from amd64 by its numbers', (t) => {
  const ask = asker({ SystemCallArchitectures: 'native' });
  t.deepEqual(
    [ask('read'), ask('read', [], 'i386'), ask('read', [], 'x32'), ask(0xffffffff)],
    ['allow', 'kill', 'kill', 'allow'],
  );
  const both = asker({ SystemCallArchitectures: 'native x86', SystemCallFilter: '~uname' });
  t.deepEqual(
    [both('read', [], 'i386'), both('uname', [], 'i386'), both('read', [], 'x32')],
    ['allow', 'kill', 'kill'],
  );
});

test('RestrictAddressFamilies= lets the families through that are named, or all but those', (t) => {
  const only = asker({ RestrictAddressFamilies: 'AF_UNIX AF_INET6 AF_NETLINK ~AF_INET6' });
  t.deepEqual(
    [0, 1, 2, 10, 16, 17].map((family) => only('socket', [family])),
    [97, 'allow', 97, 97, 'allow', 97],
  );
  const not = asker({ RestrictAddressFamilies: '~AF_PACKET AF_NETLINK ~AF_ALG' });
  t.deepEqual(
    [1, 16, 17, 38].map((family) => not('socket', [family])),
    ['allow', 'allow', 97, 97],
  );
  t.is(asker({ RestrictAddressFamilies: 'none' })('socket', [1]), 97);
});

test('Settings on arguments: the call is forbidden with those that they are about, and with no others', (t) => {
  const ask = asker({
    MemoryDenyWriteExecute: 'yes',
    RestrictRealtime: 'yes',
    RestrictSUIDSGID: 'yes',
    LockPersonality: 'yes',
    RestrictNamespaces: 'net',
  });
  t.deepEqual([ask('mmap', [0, 0, 6]), ask('mmap', [0, 0, 3]), ask('mmap', [0, 0, 5])], [1, 'allow', 'allow']);
  t.deepEqual(
    [ask('mprotect', [0, 0, 4]), ask('mprotect', [0, 0, 3]), ask('shmat', [0, 0, 0o100000])],
    [1, 'allow', 1],
  );
  t.deepEqual(
    [0, 1, 2, 3, 4, 5, 6].map((policy) => ask('sched_setscheduler', [0, policy])),
    ['allow', 1, 1, 'allow', 1, 'allow', 1],
  );
  t.deepEqual([ask('chmod', [0, 0o4755]), ask('chmod', [0, 0o2755]), ask('chmod', [0, 0o755])], [1, 1, 'allow']);
  t.deepEqual(
    [ask('openat', [0, 0, 0o102, 0o4755]), ask('openat', [0, 0, 2, 0o4755]), ask('openat2')],
    [1, 'allow', 38],
  );
  t.deepEqual([ask('personality', [0]), ask('personality', [8])], ['allow', 1]);
  t.deepEqual(
    [ask('unshare', [0x40000000]), ask('unshare', [0x04000000]), ask('unshare', [0x44000000])],
    ['allow', 1, 1],
  );
  t.deepEqual(
    [ask('setns', [3, 0]), ask('setns', [3, 0x40000000]), ask('clone', [0x10000011]), ask('clone3')],
    [1, 'allow', 1, 38],
  );
});

test('SystemCallLog= logs what it names, and what is forbidden all the same stays forbidden', (t) => {
  const ask = asker({ SystemCallLog: 'uname read', SystemCallFilter: '~uname' });
  t.deepEqual([ask('read'), ask('uname'), ask('write')], ['log', 'kill', 'allow']);
  const others = asker({ SystemCallLog: '~read' });
  t.deepEqual([others('read'), others('write')], ['allow', 'log']);
});

const calls = systemCalls.split(' ');
const words = fc.oneof(fc.constantFrom(...calls), fc.constantFrom(...groups.split(' ').map((name) => `@${name}`)));
const line = fc
  .tuple(fc.boolean(), fc.uniqueArray(words, { minLength: 1, maxLength: 8 }))
  .map(([inverted, names]) => names.map((name) => (inverted ? `~${name}` : name)).join(' '));
const onOff = fc.constantFrom('yes', 'no');
const anySettings = fc
  .record(
    {
      SystemCallFilter: fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => lines.join(' ')),
      SystemCallErrorNumber: fc.constantFrom('kill', 'EPERM', '255'),
      SystemCallLog: line,
      SystemCallArchitectures: fc.constantFrom('native', 'native x86', 'x32 arm'),
      RestrictAddressFamilies: fc.constantFrom('none', 'AF_UNIX', '~AF_INET ~AF_PACKET', 'AF_UNIX AF_INET AF_NETLINK'),
      RestrictNamespaces: fc.constantFrom('yes', 'no', 'user mnt'),
      MemoryDenyWriteExecute: onOff,
      RestrictRealtime: onOff,
      RestrictSUIDSGID: onOff,
      LockPersonality: onOff,
      ProtectClock: onOff,
      PrivateDevices: onOff,
    },
    { requiredKeys: ['SystemCallFilter'] },
  )
  .map((settings) => new Map(Object.entries(settings)));

test('Any settings: the program says of every call of every architecture what the policy says, and is one that the kernel takes', (t) => {
  const samples = [0, 1, 2, 3, 4, 5, 6, 16, 45, 0o100, 0o2000, 0o4755, 0o100000, 0x04000000, 0x10000011, 0xffffffff];
  fc.assert(
    fc.property(anySettings, fc.constantFrom(...machines), fc.constantFrom(...samples), (settings, machine, sample) => {
      const program = seccompProgram(settings, machine, 0);
      if (program === undefined) throw new Error('no program');
      const code = instructionsOf(program);
      t.true(code.length <= 4096);
      const given = Array.from({ length: 6 }, () => sample);
      const allowed = settings.get('SystemCallArchitectures')?.split(' ');
      for (const [at, { name, word, audit }] of architecturesOf(machine).entries()) {
        const isOut = at > 0 && allowed?.includes(word) === false;
        const { fates, rest } = fatesOf(settings, name, 0);
        for (const number of [...numbersOf(name).values(), 423, 2000]) {
          const asked = name === 'x32' && number < 0x40000000 ? number + 0x40000000 : number;
          const { rules, action } = fates.get(asked) ?? rest;
          const rule = rules.find(({ conditions }) =>
            conditions.every(({ is, value }) => {
              if (is === 'mask') return (sample & value) >>> 0 === value;
              if (is === 'above') return sample > value;
              if (is === 'below') return sample < value;
              return (sample === value) === (is === 'equal');
            }),
          );
          const expected = isOut ? actions.killThread : (rule?.action ?? action);
          const got = runFilter(code, { number: asked, audit, arguments: given });
          if (got !== expected) throw new Error(`${name} ${asked}: ${got}, not ${expected}`);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('The largest programs are far below what the kernel takes', (t) => {
  for (const machine of machines) {
    const every = calls.filter((_, at) => at % 2 === 0).join(' ');
    const program = seccompProgram(
      new Map([
        ['SystemCallFilter', every],
        ['SystemCallLog', calls.filter((_, at) => at % 3 === 0).join(' ')],
        ['RestrictAddressFamilies', 'AF_UNIX AF_PACKET AF_MCTP'],
        ['RestrictNamespaces', 'user'],
        ['RestrictSUIDSGID', 'yes'],
      ]),
      machine,
      0,
    );
    t.true((program?.length ?? 0) / 8 < 2500, String(program?.length));
  }
});
