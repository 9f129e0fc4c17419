import test from 'ava';
import type { DirectoryEntry, FileStatus } from '../../src/host.d.ts';
import { removeShared, type SharedMemoryPort } from '../../src/manager/shared-memory.ts';
import { errno } from '../fake/errno.ts';

/** What /proc/sysvipc says (as Linux has its columns), and who owns what in /dev/shm. */
function port(asked: string[]): SharedMemoryPort {
  const texts: Readonly<Record<string, string>> = {
    '/proc/sysvipc/shm':
      '  key shmid perms size cpid lpid nattch uid gid cuid cgid\n 1 0 644 64 10 0 0 1 1 1 1\n 2 1 644 64 10 11 2 1 1 1 1\n 3 2 644 64 10 0 0 0 7 0 7\n',
    '/proc/sysvipc/sem': '  key semid perms nsems uid gid cuid cgid\n 1 5 644 1 1 1 1 1\n 2 6 644 1 2 2 2 2\n',
  };
  const owners: Readonly<Record<string, readonly [uid: number, gid: number]>> = {
    mine: [1, 9],
    roots: [0, 0],
    'of the group': [0, 7],
  };
  return {
    readFile: (path) => texts[path] ?? errno.ENOENT,
    readDirectory: (path) =>
      path === '/dev/shm' ? Object.keys(owners).map((name): DirectoryEntry => ({ name, type: 'file' })) : errno.ENOENT,
    statusNoFollow(path): FileStatus {
      const [uid, gid] = owners[path.slice('/dev/shm/'.length)] ?? [0, 0];
      return { type: 'file', size: 0, mode: 0o600, uid, gid, modified: 0, identity: path };
    },
    remove(path) {
      asked.push(path);
      return undefined;
    },
    removeTree(path) {
      asked.push(path);
      return undefined;
    },
    removeIpc(kind, id, owner) {
      asked.push(`${kind} ${id} as ${owner}`);
    },
  };
}

test('RemoveIPC= takes what the user owns and nobody is attached to, and what the group has', (t) => {
  const asked: string[] = [];
  removeShared({ uid: 1, gid: 7 }, port(asked));
  t.deepEqual(asked, ['0 0 as 1', '0 2 as 0', '1 5 as 1', '/dev/shm/mine', '/dev/shm/of the group']);
});

test('Nothing goes that is root’s alone, or of users and groups that others still have', (t) => {
  const asked: string[] = [];
  removeShared({ uid: 0, gid: 0 }, port(asked));
  removeShared({ uid: undefined, gid: undefined }, port(asked));
  t.deepEqual(asked, []);
});
