/** Linux capabilities by number: capabilities(7). */
const names =
  'chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore'.split(
    ' ',
  );

export const allCapabilities = (1n << BigInt(names.length)) - 1n;

/** The number of `CAP_CHOWN` (any case); undefined for none. */
export function parseCapability(word: string): number | undefined {
  const name = word.toLowerCase();
  const index = name.startsWith('cap_') ? names.indexOf(name.slice(4)) : -1;
  return index < 0 ? undefined : index;
}

/** `cap_chown`; undefined for no capability. */
export function capabilityName(number: number): string | undefined {
  const name = names[number];
  return name === undefined ? undefined : `cap_${name}`;
}

/** The set of the names in `words`; what is no capability adds nothing, as in systemd. */
export function parseCapabilities(words: readonly string[]): bigint {
  let set = 0n;
  for (const word of words) {
    const number = parseCapability(word);
    if (number !== undefined) set |= 1n << BigInt(number);
  }
  return set;
}

/** A set as bits, as `show` prints it: `cap_chown cap_kill`. */
export function formatCapabilities(set: bigint): string {
  return names
    .filter((_, index) => ((set >> BigInt(index)) & 1n) === 1n)
    .map((name) => `cap_${name}`)
    .join(' ');
}

const droppedBy: Readonly<Record<string, string>> = {
  PrivateDevices: 'mknod sys_rawio',
  ProtectKernelModules: 'sys_module',
  ProtectKernelLogs: 'syslog',
  ProtectClock: 'sys_time wake_alarm',
};

/** Capabilities that hardening takes away besides what else it does: unit_patch_contexts() in systemd's src/core/unit.c. */
export function droppedCapabilities(accepted: ReadonlyMap<string, string>): bigint {
  let set = 0n;
  for (const [key, text] of accepted) {
    if (text !== 'yes' || !Object.hasOwn(droppedBy, key)) continue;
    for (const name of (droppedBy[key] ?? '').split(' ')) set |= 1n << BigInt(parseCapability(`cap_${name}`) ?? 0);
  }
  return set;
}
