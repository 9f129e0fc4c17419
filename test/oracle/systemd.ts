import { existsSync, readFileSync } from 'node:fs';
import { execaSync } from 'execa';
import { boot, type Machine } from './machine.ts';

/**
 * Boots the real systemd of this host as PID 1 (takes about 0.3 s) with the units of a folder. `environment`: NAME=VALUE,
 * beside the machine's own; ORACLE_OUTPUT=journal gives services the default output of a machine with a journal (there is
 * none: only for units that are not started). Needs what `systemdMissing` asks for.
 */
export function bootSystemd(units: string, environment: readonly string[] = []): Promise<Machine> {
  const path = '/t:/usr/sbin:/usr/bin:/sbin:/bin';
  return boot({ kind: 'systemd', socket: 'private', environment, enter: [], path }, units);
}

/** Why the real systemd cannot be booted here, or undefined when it can. */
export function systemdMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  if (!existsSync('/lib/systemd/systemd')) return 'needs the package systemd';
  if (!hasCapability(CAP_SYS_ADMIN)) return 'needs CAP_SYS_ADMIN';
  return undefined;
}

/** The version string of the host's systemd, e.g. "252 (252.38-1~deb12u1)". */
export function systemdVersion(): string {
  const { stdout } = execaSync('/lib/systemd/systemd', ['--version']);
  return stdout.split('\n', 1)[0]?.replace(/^systemd /, '') ?? '';
}

/** Bit numbers as in capability.h. */
export const CAP_SYS_ADMIN = 21;

export function hasCapability(bit: number): boolean {
  const line = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return line?.[1] !== undefined && ((BigInt(`0x${line[1]}`) >> BigInt(bit)) & 1n) === 1n;
}
