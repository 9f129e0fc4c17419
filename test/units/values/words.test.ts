import test from 'ava';
import { formatBoolean, parseBoolean } from '../../../src/units/values/boolean.ts';
import { allCapabilities, formatCapabilities, parseCapability } from '../../../src/units/values/capability.ts';
import { exitStatusName, parseExitStatus } from '../../../src/units/values/exit-status.ts';
import { limitInfinity, parseLimit } from '../../../src/units/values/limit.ts';
import { formatMode, parseMode } from '../../../src/units/values/mode.ts';
import { isNormalizedAbsolute, simplifyPath } from '../../../src/units/values/path.ts';
import { formatSignal, parseSignal } from '../../../src/units/values/signal.ts';
import { parseSize } from '../../../src/units/values/size.ts';

test('Booleans: 1 yes y true t on, 0 no n false f off, in any case', (t) => {
  for (const word of ['1', 'yes', 'Y', 'TRUE', 't', 'on']) t.true(parseBoolean(word), word);
  for (const word of ['0', 'no', 'N', 'False', 'f', 'off']) t.false(parseBoolean(word), word);
  for (const word of ['', '2', 'maybe']) t.is(parseBoolean(word), undefined, word);
  t.is(formatBoolean(true), 'yes');
});

test('Signals by name, with or without SIG, by number, and real-time ones', (t) => {
  t.is(parseSignal('SIGTERM'), 15);
  t.is(parseSignal('KILL'), 9);
  t.is(parseSignal('RTMIN+3'), 37);
  t.is(parseSignal('SIGRTMAX-1'), 63);
  for (const word of ['0', '65', 'term', 'SIG', 'RTMIN+31', 'SIGSIGTERM', '']) t.is(parseSignal(word), undefined, word);
});

test('A signal that was printed is read again as the same', (t) => {
  for (let number = 1; number <= 64; number++) t.is(parseSignal(formatSignal(number)), number);
});

test('Exit statuses by number and by the names of libc, LSB, BSD and systemd', (t) => {
  t.is(parseExitStatus('SUCCESS'), 0);
  t.is(parseExitStatus('NOTRUNNING'), 7);
  t.is(parseExitStatus('TEMPFAIL'), 75);
  t.is(parseExitStatus('EXEC'), 203);
  t.is(parseExitStatus('BPF'), 244);
  t.is(parseExitStatus('EXCEPTION'), 255);
  for (const word of ['256', '-1', 'exec', '-', '']) t.is(parseExitStatus(word), undefined, word);
  for (let status = 0; status < 256; status++) {
    const name = exitStatusName(status);
    if (name !== undefined) t.is(parseExitStatus(name), status);
  }
});

test('Sizes count 1024 a step', (t) => {
  t.is(parseSize('8M'), 8n << 20n);
  t.is(parseSize('1.5K'), 1536n);
  t.is(parseSize('7'), 7n);
  for (const text of ['', 'K', '-1', '1Q', '99999999999999999999']) t.is(parseSize(text), undefined, text);
});

test('A limit is soft:hard or one value for both; soft is at most hard', (t) => {
  t.deepEqual(parseLimit('10:20', 'number'), { soft: 10n, hard: 20n });
  t.deepEqual(parseLimit('infinity', 'bytes'), { soft: limitInfinity, hard: limitInfinity });
  t.deepEqual(parseLimit('1G', 'bytes'), { soft: 1n << 30n, hard: 1n << 30n });
  t.deepEqual(parseLimit('1500ms', 'seconds'), { soft: 2n, hard: 2n });
  t.deepEqual(parseLimit('1s', 'microseconds'), { soft: 1_000_000n, hard: 1_000_000n });
  t.deepEqual(parseLimit('-5', 'nice'), { soft: 25n, hard: 25n });
  t.is(parseLimit('20:10', 'number'), undefined);
  t.is(parseLimit('', 'number'), undefined);
});

test('Modes are octal, up to 07777', (t) => {
  t.is(parseMode('0755'), 0o755);
  t.is(formatMode(0o22), '0022');
  for (const text of ['', '8', '10000', 'rwx']) t.is(parseMode(text), undefined, text);
});

test('Capabilities by name in any case', (t) => {
  t.is(parseCapability('CAP_SYS_ADMIN'), 21);
  t.is(parseCapability('cap_checkpoint_restore'), 40);
  t.is(parseCapability('SYS_ADMIN'), undefined);
  t.is(formatCapabilities(3n), 'cap_chown cap_dac_override');
  t.is(formatCapabilities(allCapabilities).split(' ').length, 41);
});

test('Paths: doubled slashes, . and a slash at the end go; .. is not normal', (t) => {
  t.is(simplifyPath('//a/./b//'), '/a/b');
  t.is(simplifyPath('/'), '/');
  t.true(isNormalizedAbsolute('/a..b'));
  t.false(isNormalizedAbsolute('/a/../b'));
  t.false(isNormalizedAbsolute('a'));
  t.false(isNormalizedAbsolute(`/${'a'.repeat(256)}`));
  t.false(isNormalizedAbsolute('/a'.repeat(3000)));
});
