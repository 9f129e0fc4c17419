import { existsSync } from 'node:fs';
import path from 'node:path';
import { boot, type Machine } from './machine.ts';
import { CAP_SYS_ADMIN, hasCapability } from './systemd.ts';

const BIN = path.join(import.meta.dirname, '../../build/root/bin');

/** As in machine.sh: what docker gives a container. */
const DOCKER_CAPABILITIES =
  '-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+net_raw,+sys_chroot,+mknod,+audit_write,+setfcap';

/**
 * Boots the built pidone as PID 1 with the units of a folder: the same machine as the real systemd's, but without
 * control groups and with no more capabilities than docker gives. `environment`: NAME=VALUE, beside the machine's own.
 */
export function bootPidone(units: string, environment: readonly string[] = []): Promise<Machine> {
  const drop = ['setpriv', '--inh-caps=-all', '--ambient-caps=-all', `--bounding-set=${DOCKER_CAPABILITIES}`];
  const search = '/opt/pidone/bin:/t:/usr/sbin:/usr/bin:/sbin:/bin';
  return boot({ kind: 'pidone', socket: 'control', bin: BIN, environment, enter: drop, path: search }, units);
}

/** The same with all capabilities, as `docker run --privileged` gives them: for what needs mounts and namespaces. */
export function bootPrivilegedPidone(units: string, environment: readonly string[] = []): Promise<Machine> {
  const search = '/opt/pidone/bin:/t:/usr/sbin:/usr/bin:/sbin:/bin';
  const all = ['ORACLE_PRIVILEGED=yes', ...environment];
  return boot({ kind: 'pidone', socket: 'control', bin: BIN, environment: all, enter: [], path: search }, units);
}

/** Why pidone cannot be booted here, or undefined when it can. */
export function pidoneMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  if (!hasCapability(CAP_SYS_ADMIN)) return 'needs CAP_SYS_ADMIN (for the test namespaces, not for pidone)';
  if (!existsSync(path.join(BIN, 'pidone'))) return 'needs build/root/bin/pidone: npm run build';
  return undefined;
}
