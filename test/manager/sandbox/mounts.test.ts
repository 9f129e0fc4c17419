import test from 'ava';

import type { Errno } from '../../../src/host.d.ts';
import { type MountFacts, mountTexts, planMounts } from '../../../src/manager/sandbox/mounts.ts';

const missing = 2 as Errno;
const links: Readonly<Record<string, string>> = { '/bin': '/usr/bin', '/lib': '/usr/lib', '/var/run': '/run' };
/** A root with a few links and without /nonexistent. */
const port = {
  realPath: (path: string): string | Errno => (path.includes('nonexistent') ? missing : (links[path] ?? path)),
};

const none: MountFacts = {
  rootDirectory: '',
  noNewPrivileges: false,
  privateTmp: ['/tmp/t', '/var/tmp/t'],
  directories: [],
  privateRoots: [],
  secrets: '',
  inaccessible: '/run/pidone/inaccessible',
  notifyPath: '',
};

/** "letters place" each. */
function plan(settings: Readonly<Record<string, string>>, facts: Partial<MountFacts> = {}): readonly string[] {
  const entries = planMounts(new Map(Object.entries(settings)), { ...none, ...facts }, '/R', port);
  const texts = mountTexts(entries, none.inaccessible, false);
  return entries.map((_, at) => `${texts[at * 4] ?? ''} ${texts[at * 4 + 1] ?? ''}`);
}

test('What is above comes before what is below, and what is as the place above it is left out', (t) => {
  t.deepEqual(plan({ ReadOnlyPaths: '/var/log /var /opt', ReadWritePaths: '/var/lib -/nonexistent/x' }), [
    'm- /R/nonexistent/x',
    'mr /R/opt',
    'mr /R/var',
    'm /R/var/lib',
  ]);
});

test('Of two for one place the stricter stays, with the flags of both', (t) => {
  t.deepEqual(plan({ InaccessiblePaths: '/srv', ReadWritePaths: '/srv /srv/below' }), ['irn /R/srv']);
  t.deepEqual(plan({ BindPaths: '/a:/b:rbind', ReadOnlyPaths: '/b' }), ['Br /R/b']);
});

test('Links on the way to a place are followed, as far as there is one', (t) => {
  t.deepEqual(plan({ ProtectSystem: 'yes' }), [
    'm-r /R/boot',
    'm-r /R/efi',
    'm-r /R/lib64',
    'm-r /R/sbin',
    'mr /R/usr',
  ]);
  t.deepEqual(plan({ ReadWritePaths: '/var/run/nonexistent' }), ['m /R/run/nonexistent']);
});

test('ProtectSystem=strict leaves /dev, /proc, /sys and the homes, and the directories of the unit', (t) => {
  const directories = [{ source: '/var/lib/a', destination: '/var/lib/a' }];
  t.deepEqual(plan({ ProtectSystem: 'strict', PrivateTmp: 'yes' }, { directories }), [
    'mr /R',
    'm /R/dev',
    'm- /R/home',
    'm /R/proc',
    'm- /R/root',
    'm- /R/run/user',
    'm /R/sys',
    'T /R/tmp',
    'B /R/var/lib/a',
    'T /R/var/tmp',
  ]);
});

test('With RootDirectory= places are below it with a +, or else must be; its /proc, /dev, /sys and /run are mounted', (t) => {
  t.deepEqual(
    plan({ ReadOnlyPaths: '+/etc /etc /srv/root/opt' }, { rootDirectory: '/srv/root', notifyPath: '/run/n' }),
    [
      'D /srv/root/dev',
      'mr /srv/root/etc',
      'mr /srv/root/opt',
      'pn /srv/root/proc',
      't1 /srv/root/run',
      'br /srv/root/run/n',
      'sn /srv/root/sys',
    ],
  );
});

test('Options of a temporary file system that are flags of mount(2) are told apart, and taken back by their opposites', (t) => {
  const options = (given: string): string | undefined =>
    mountTexts(planMounts(new Map([['TemporaryFileSystem', `/x${given}`]]), none, '/R', port), '', false)[3];
  const [nodev, strict] = [4, 1 << 24];
  t.is(options(''), `${String(nodev | strict)} mode=0755,size=10%,nr_inodes=400k`);
  t.is(options(':ro,size=1M,noexec,nosuid'), `${String(nodev | strict | 8 | 2)} mode=0755,size=1M,nr_inodes=400k`);
  t.is(options(':dev,mode=0700,noswap'), `${String(strict)} mode=0700,noswap,size=10%,nr_inodes=400k`);
});
