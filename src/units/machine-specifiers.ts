import type { MachineFacts } from './files.ts';
import type { SpecifierContext } from './syntax/specifiers.ts';

/**
 * What specifiers say about this machine, asked of the host when a file has them. `environment` is the manager's (NAME=VALUE):
 * TMPDIR, TEMP and TMP count as they do for systemd. `uid` is the manager's. `root`: where the machine's own files are.
 */
export function specifiersOf(
  host: MachineFacts,
  environment: readonly string[],
  uid: number,
  root = '',
): SpecifierContext {
  const variable = (name: string): string | undefined =>
    environment.find((assignment) => assignment.startsWith(`${name}=`))?.slice(name.length + 1);
  const readWord = (path: string): string => {
    const text = host.readFile(path, 4096);
    return typeof text === 'string' ? text.trim() : '';
  };
  const temporary = (fallback: string): string =>
    [variable('TMPDIR'), variable('TEMP'), variable('TMP')].find((path) => path?.startsWith('/')) ?? fallback;
  return {
    machineId: () => readWord(`${root}/etc/machine-id`),
    bootId: () => readWord('/proc/sys/kernel/random/boot_id').replaceAll('-', ''),
    hostName: () => host.hostName(),
    kernelRelease: () => host.kernel().release,
    architecture: () => architectures.get(host.kernel().machine) ?? host.kernel().machine,
    osRelease(field) {
      const own = readWord(`${root}/etc/os-release`);
      return osReleaseField(own === '' ? readWord(`${root}/usr/lib/os-release`) : own, field);
    },
    user() {
      const user = host.user(String(uid));
      return user ?? { name: String(uid), uid, home: uid === 0 ? '/root' : '/', shell: '/bin/sh' };
    },
    group() {
      const gid = host.user(String(uid))?.gid ?? uid;
      return host.group(String(gid)) ?? { name: String(gid), gid };
    },
    temporaryDirectory: () => temporary('/tmp'),
    persistentTemporaryDirectory: () => temporary('/var/tmp'),
  };
}

/** uname's machine in systemd's words. */
const architectures = new Map([
  ['x86_64', 'x86-64'],
  ['aarch64', 'arm64'],
  ['i686', 'x86'],
  ['armv7l', 'arm'],
  ['riscv64', 'riscv64'],
  ['ppc64le', 'ppc64-le'],
  ['s390x', 's390x'],
]);

function osReleaseField(text: string, field: string): string {
  for (const line of text.split('\n')) {
    if (line.startsWith(`${field}=`)) return line.slice(field.length + 1).replace(/^(["'])(.*)\1$/, '$2');
  }
  return '';
}
