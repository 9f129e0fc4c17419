/** What is installed for the bench, in a root that is thrown away. */
export const installed: readonly string[] = ['tini', 'dumb-init', 'catatonit', 'runit', 's6', 'supervisor', 'python3'];

/** Only unpacked, as it would push systemd's own systemctl out. */
export const unpacked = 'systemctl';
export const systemctlFolder = '/opt/systemctl-py';
