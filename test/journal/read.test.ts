import test from 'ava';
import * as fc from 'fast-check';

import type { Query } from '../../src/journal/query.ts';
import { endOf, readBackward, readForward, readLast, readSince } from '../../src/journal/read.ts';
import { identity, journal, type Journal, line, root, word } from './journal.ts';

const second = 1_000_000;

function forward(from: Journal, units: readonly string[], query: Query = {}): string[] {
  return [...readForward(from.port, root, units, query)].map((entry) => entry.message);
}

function backward(from: Journal, units: readonly string[], query: Query = {}): string[] {
  return [...readBackward(from.port, root, units, query)].map((entry) => entry.message);
}

/** `count` lines of about `length` bytes, a second apart. */
function many(count: number, length: number, begin = 0): string {
  let text = '';
  for (let i = 0; i < count; i++) text += line((begin + i) * second, `${begin + i} ${'x'.repeat(length)}`);
  return text;
}

function numbers(messages: readonly string[]): number[] {
  return messages.map((message) => Number.parseInt(message, 10));
}

test('lines are read in their order, forward and backward', (t) => {
  const own = journal({ 'a.service': identity(1, 1, 'a') + line(second, 'one') + line(2 * second, 'two') });
  t.deepEqual(forward(own, ['a.service']), ['one', 'two']);
  t.deepEqual(backward(own, ['a.service']), ['two', 'one']);
});

test('a record that crosses the border of a chunk is read once and whole, in both directions', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 48_000 }), fc.integer({ min: 1, max: 12 }), (length, count) => {
      const own = journal({ 'a.service': many(count, length) });
      const expected = Array.from({ length: count }, (_, i) => i);
      t.deepEqual(numbers(forward(own, ['a.service'])), expected);
      t.deepEqual(numbers(backward(own, ['a.service'])), expected.toReversed());
    }),
    { numRuns: 60 },
  );
});

test('a torn last line is not read before its end has come', (t) => {
  const whole = line(2 * second, 'two');
  const own = journal({ 'a.service': line(second, 'one') + whole.slice(0, -2) });
  t.deepEqual(forward(own, ['a.service']), ['one']);
  t.deepEqual(backward(own, ['a.service']), ['one']);
  own.append('a.service', whole.slice(-2));
  t.deepEqual(forward(own, ['a.service']), ['one', 'two']);
  t.deepEqual(backward(own, ['a.service']), ['two', 'one']);
});

test('what is no record is passed over: empty lines, torn ones in the middle, text of megabytes without a newline', (t) => {
  const rubbish = `\n\n0123\nnot a record\n${'y'.repeat(300_000)}\n`;
  const own = journal({ 'a.service': line(second, 'one') + rubbish + line(2 * second, 'two') });
  t.deepEqual(forward(own, ['a.service']), ['one', 'two']);
  t.deepEqual(backward(own, ['a.service']), ['two', 'one']);
});

test('arbitrary bytes never throw', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      const own = journal();
      own.put('a.service', 'current', bytes);
      t.notThrows(() => {
        forward(own, ['a.service'], { since: 1, until: 2 });
        backward(own, ['a.service'], { since: 1, until: 2 });
        readSince(own.port, root, ['a.service'], [], {});
      });
    }),
  );
});

test('a byte that is no UTF-8 comes back as the host gives it', (t) => {
  const own = journal();
  own.put('a.service', 'current', Buffer.concat([Buffer.from(line(1, 'a').slice(0, -1)), Buffer.from([0xff, 0x0a])]));
  t.deepEqual(forward(own, ['a.service']), ['a\udcff']);
});

test('since and until are both within, and far less than the file is read', (t) => {
  const own = journal({ 'a.service': identity(1, 1, 'a') + many(4000, 1000) });
  const query = { since: 2000 * second, until: 2003 * second };
  t.deepEqual(numbers(forward(own, ['a.service'], query)), [2000, 2001, 2002, 2003]);
  t.deepEqual(numbers(backward(own, ['a.service'], query)), [2003, 2002, 2001, 2000]);
  t.true(own.read() < 1_200_000, `${own.read()} bytes of 4 MB`);
});

test('a search finds what a look at every record finds', (t) => {
  const own = journal({ 'a.service': many(300, 700) });
  const bound = fc.integer({ min: -2, max: 302 });
  fc.assert(
    fc.property(bound, bound, (since, until) => {
      const query = { since: since * second, until: until * second };
      const expected = Array.from({ length: 300 }, (_, i) => i).filter((i) => i >= since && i <= until);
      t.deepEqual(numbers(forward(own, ['a.service'], query)), expected);
      t.deepEqual(numbers(backward(own, ['a.service'], query)), expected.toReversed());
    }),
  );
});

test('the last entries are found from the end of the file', (t) => {
  const own = journal({ 'a.service': many(4000, 1000) });
  const last = readLast(own.port, root, ['a.service'], {}, 3);
  t.deepEqual(numbers(last.map((entry) => entry.message)), [3997, 3998, 3999]);
  t.deepEqual(readLast(own.port, root, ['a.service'], {}, 0), []);
});

test('units are merged by time', (t) => {
  const own = journal({
    'a.service': line(second, 'a1') + line(4 * second, 'a4'),
    'b.service': line(2 * second, 'b2') + line(3 * second, 'b3'),
  });
  t.deepEqual(forward(own, ['a.service', 'b.service']), ['a1', 'b2', 'b3', 'a4']);
  t.deepEqual(backward(own, ['a.service', 'b.service']), ['a4', 'b3', 'b2', 'a1']);
});

test('a word of the manager that was written late stands where its time is', (t) => {
  const own = journal({
    'a.service': line(10 * second + 5, 'hello') + word(10 * second, 'Starting') + line(12 * second, 'later'),
  });
  t.deepEqual(forward(own, ['a.service']), ['Starting', 'hello', 'later']);
  t.deepEqual(backward(own, ['a.service']), ['later', 'hello', 'Starting']);
  t.deepEqual(forward(own, ['a.service'], { since: 10 * second, until: 10 * second }), ['Starting']);
});

test('rotated files come before the current one, in the order of their names', (t) => {
  const own = journal({ 'a.service': line(5 * second, 'five') });
  own.put('a.service', '0000000000000002.log', line(2 * second, 'two'));
  own.put('a.service', '0000000000000001.log', line(second, 'one'));
  own.put('a.service', 'notes.txt', line(9 * second, 'not a journal'));
  t.deepEqual(forward(own, ['a.service']), ['one', 'two', 'five']);
  t.deepEqual(backward(own, ['a.service']), ['five', 'two', 'one']);
});

test('lines have the name and invocation that their keeper told, wherever a reader comes from', (t) => {
  const text =
    identity(1, 1, 'sh') + line(second, 'one') + identity(second, 2, 'again') + line(2 * second, 'two', { keeper: 2 });
  const own = journal({
    'a.service': text + line(3 * second, 'three', { keeper: 1 }) + line(4 * second, 'four', { keeper: 9 }),
  });
  const named = (entries: Iterable<{ readonly identifier: string; readonly message: string }>): string[] =>
    [...entries].map((entry) => `${entry.identifier}: ${entry.message}`);
  const expected = ['sh: one', 'again: two', 'sh: three', 'a: four'];
  t.deepEqual(named(readForward(own.port, root, ['a.service'], {})), expected);
  t.deepEqual(named(readBackward(own.port, root, ['a.service'], {})), expected.toReversed());
  const [last] = readLast(own.port, root, ['a.service'], { identifiers: ['again'] }, 1);
  t.is(last?.invocation, '2'.repeat(32));
});

test('priority, identifier and pattern leave out what does not match', (t) => {
  const own = journal({
    'a.service':
      identity(1, 1, 'sh') + line(2, 'quiet', { priority: 6 }) + line(3, 'loud', { priority: 3 }) + word(4, 'Started'),
  });
  t.deepEqual(forward(own, ['a.service'], { priority: 3 }), ['loud']);
  t.deepEqual(forward(own, ['a.service'], { identifiers: ['pidone'] }), ['Started']);
  t.deepEqual(forward(own, ['a.service'], { pattern: /ui/ }), ['quiet']);
});

test('following gives each line once, through rotations', (t) => {
  const own = journal({ 'a.service': line(1, 'old') });
  let positions = endOf(own.port, root, ['a.service']);
  const next = (): string[] => {
    const since = readSince(own.port, root, ['a.service'], positions, {});
    ({ positions } = since);
    return since.entries.map((entry) => entry.message);
  };
  t.deepEqual(next(), []);
  own.append('a.service', line(2, 'new'));
  t.deepEqual(next(), ['new']);
  own.append('a.service', line(3, 'before rotation'));
  own.rotate('a.service', 3);
  own.append('a.service', line(4, 'after rotation'));
  t.deepEqual(next(), ['before rotation', 'after rotation']);
  own.rotate('a.service', 4);
  own.rotate('a.service', 5);
  own.append('a.service', line(6, 'two rotations later'));
  t.deepEqual(next(), ['two rotations later']);
  t.deepEqual(next(), []);
});

test('a unit whose journal begins while it is followed is read from its start', (t) => {
  const own = journal({ 'a.service': line(1, 'a') });
  const positions = endOf(own.port, root, ['a.service']);
  own.put('b.service', 'current', line(2, 'b'));
  const { entries } = readSince(own.port, root, ['a.service', 'b.service'], positions, {});
  t.deepEqual(
    entries.map((entry) => entry.message),
    ['b'],
  );
});

test('names that are no unit of the journal are not followed out of it', (t) => {
  const own = journal({ 'a.service': line(1, 'a') });
  t.deepEqual(forward(own, ['..', '.', '', '../pidone/a.service', 'nowhere.service']), []);
});
