// Another implementation of D-Bus on the other side: what we write it reads as it was meant, and what it writes we read.
import { createRequire } from 'node:module';

import test from 'ava';
import fc from 'fast-check';

import { busName, decodeMessage, encodeCall, messageLength } from '../../../src/manager/bus/message.ts';

/** As dbus-next has a message; its fields are there or not. */
interface Foreign {
  readonly type: number;
  readonly serial: number;
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly errorName?: string;
  readonly replySerial?: number;
  readonly destination?: string;
  readonly sender?: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

const load = createRequire(import.meta.url);
const { unmarshall } = load('dbus-next/lib/message.js') as { unmarshall: (bytes: Buffer) => Foreign };
const { marshallMessage } = load('dbus-next/lib/marshall-compat.js') as {
  marshallMessage: (message: Foreign) => [Buffer, unknown];
};

const types = ['call', 'answer', 'error', 'signal'] as const;
const word = fc.stringMatching(/^[!-~]{1,40}$/);
const serial = fc.integer({ min: 1, max: 0xffff_ffff });

// Of a message without arguments it can make nothing.
test('dbus-next reads a call as it was meant', (t) => {
  fc.assert(
    fc.property(serial, word, fc.array(word, { minLength: 1, maxLength: 3 }), (number, member, args) => {
      const bytes = encodeCall(number, member, args);
      t.is(messageLength(bytes.subarray(0, 16)), bytes.length);
      const { body, signature, ...fields } = unmarshall(Buffer.from(bytes));
      t.like(fields, { type: 1, serial: number, member, interface: busName, destination: busName });
      t.deepEqual([signature, body], ['s'.repeat(args.length), [...args]]);
    }),
    { numRuns: 200 },
  );
});

test('what dbus-next writes is read, and torn anywhere it is nothing', (t) => {
  const some = fc.record({
    type: fc.constantFrom(1, 2, 3, 4),
    serial,
    member: word,
    errorName: word,
    replySerial: serial,
    sender: word,
    strings: fc.array(word, { maxLength: 3 }),
    cut: fc.nat(1000),
  });
  fc.assert(
    fc.property(some, ({ type, strings, cut, ...fields }) => {
      const [bytes] = marshallMessage({ ...fields, type, signature: 's'.repeat(strings.length), body: strings });
      t.is(messageLength(bytes.subarray(0, 16)), bytes.length);
      t.deepEqual(decodeMessage(bytes), {
        type: types[type - 1] ?? 'call',
        member: fields.member,
        error: fields.errorName,
        sender: fields.sender,
        serial: fields.serial,
        wantsAnswer: type === 1,
        answers: fields.replySerial,
        strings: type === 3 ? [] : strings,
      });
      t.notThrows(() => decodeMessage(bytes.subarray(0, cut % bytes.length)));
    }),
    { numRuns: 200 },
  );
});
