import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';
import fc from 'fast-check';

import type { HostFiles } from '../../src/host.d.ts';
import { errno, minus } from './errno.ts';
import { type FakeHost, fakeHost } from './host.ts';

for (const [kind, make] of [
  ['in memory', () => ({ host: fakeHost(), end: () => undefined })],
  ['below a directory', realHost],
] as const) {
  const check = (title: string, body: (host: FakeHost) => unknown[], expected: unknown[]): void => {
    test(`${title} (${kind})`, (t) => {
      const { host, end } = make();
      try {
        t.deepEqual(body(host), expected);
      } finally {
        end();
      }
    });
  };

  check(
    'a file is read back as it was written, and only within the limit',
    (host) => [
      host.writeFile('/a', 'x\udc80é', 0o600),
      host.readFile('/a', 4),
      host.readFile('/a', 3),
      host.readRange('/a', 1, 99),
      host.readFile('/b', 9),
    ],
    [undefined, 'x\udc80é', errno.EFBIG, Uint8Array.of(0x80, 0xc3, 0xa9), errno.ENOENT],
  );
  check(
    'a directory is no file and a file no directory',
    (host) => [
      host.makeDirectory('/d', 0o755),
      host.makeDirectory('/d', 0o755),
      host.readFile('/d', 9),
      host.writeFile('/d/f', '', 0o644),
      host.readFile('/d/f/', 9),
      host.removeDirectory('/d'),
      host.readDirectory('/d'),
      host.readDirectory('/d/f'),
      host.remove('/d'),
    ],
    [
      undefined,
      errno.EEXIST,
      errno.EISDIR,
      undefined,
      errno.ENOTDIR,
      errno.ENOTEMPTY,
      [{ name: 'f', type: 'file' }],
      errno.ENOTDIR,
      errno.EISDIR,
    ],
  );
  check(
    'touchFile makes a file of a time, and follows no symlink',
    (host) => [
      host.touchFile('/stamp', 1_000_000_000_000_000),
      (host.status('/stamp') as { readonly modified: number }).modified,
      host.makeSymlink('stamp', '/l'),
      host.touchFile('/l', 1),
      host.touchFile('/d/stamp', 1),
    ],
    [undefined, 1_000_000_000_000_000, undefined, errno.ELOOP, errno.ENOENT],
  );
  check(
    'removeTree takes all that is there, and nothing is no error',
    (host) => [
      host.makeDirectory('/d', 0o755),
      host.makeDirectory('/d/e', 0o755),
      host.writeFile('/d/e/f', '', 0o644),
      host.removeTree('/d'),
      host.status('/d'),
      host.removeTree('/d'),
    ],
    [undefined, undefined, undefined, undefined, errno.ENOENT, undefined],
  );
  check(
    'symlinks are followed by reads, not by status without following, and loops are told',
    (host) => [
      host.makeDirectory('/d', 0o755),
      host.writeFile('/d/f', 'here', 0o644),
      host.makeSymlink('d/f', '/l'),
      host.readFile('/l', 9),
      host.readLink('/l'),
      host.realPath('/l'),
      status(host, '/l'),
      host.readLink('/d/f'),
      host.makeSymlink('loop', '/loop'),
      host.readFile('/loop', 9),
      host.openAppend('/l', 0o600),
    ],
    [
      undefined,
      undefined,
      undefined,
      'here',
      'd/f',
      '/d/f',
      'symlink',
      errno.EINVAL,
      undefined,
      errno.ELOOP,
      minus(errno.ELOOP),
    ],
  );
  check(
    'appending adds to what is there',
    (host) => {
      const handle = host.openAppend('/log', 0o600);
      const results = [handle >= 0, host.append(handle, 'a\n'), host.append(handle, 'b\n')];
      host.close(handle);
      return [...results, host.readFile('/log', 9)];
    },
    [true, undefined, undefined, 'a\nb\n'],
  );
}

test('every string of bytes survives decoding and encoding', (t) => {
  const host = fakeHost();
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      t.deepEqual(host.encode(host.decode(bytes, 0, bytes.length)), bytes);
    }),
  );
});

test('the clock moves only when told, random numbers repeat', (t) => {
  const [a, b] = [fakeHost(), fakeHost()];
  t.is(a.randomHex(16), b.randomHex(16));
  t.not(a.randomHex(16), b.randomHex(8));
  const before = a.clock().monotonic;
  a.advance(5);
  t.is(a.clock().monotonic, before + 5);
});

test('an operation in memory can be made to fail', (t) => {
  const host = fakeHost({ files: { '/etc/a/b': 'x' } });
  host.memory.fail('writeFile', '*', errno.ENOSPC);
  t.is(host.writeFile('/etc/a/b', 'y', 0o600), errno.ENOSPC);
  t.is(host.memory.text('/etc/a/b'), 'x');
});

function status(host: HostFiles, path: string): unknown {
  const result = host.statusNoFollow(path);
  return typeof result === 'number' ? result : result.type;
}

function realHost(): { host: FakeHost; end: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'pidone-fake-'));
  mkdirSync(directory, { recursive: true });
  return {
    host: fakeHost({ directory }),
    end: () => {
      rmSync(directory, { recursive: true });
    },
  };
}
