/** What docker gives a container: names as in capabilities(7) without the CAP_, with their numbers in linux/capability.h. */
const dockerCapabilities = {
  chown: 0,
  dac_override: 1,
  fowner: 3,
  fsetid: 4,
  kill: 5,
  setgid: 6,
  setuid: 7,
  setpcap: 8,
  net_bind_service: 10,
  net_raw: 13,
  sys_chroot: 18,
  mknod: 27,
  audit_write: 29,
  setfcap: 31,
} as const;

/** Those that this process could give on: the ones in its bounding set, of /proc/self/status. */
export function capabilitiesToGive(status: string): string[] {
  const bounding = BigInt(`0x${/^CapBnd:\s*(\w+)/m.exec(status)?.[1] ?? '0'}`);
  return Object.entries(dockerCapabilities)
    .filter(([, number]) => ((bounding >> BigInt(number)) & 1n) === 1n)
    .map(([name]) => name);
}
