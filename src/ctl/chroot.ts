import type { Call } from './call.ts';

/**
 * Whether this is a chroot, or said to be one: then verbs for running units are passed over, and those for files do it
 * themselves. SYSTEMD_OFFLINE and SYSTEMD_IGNORE_CHROOT are systemd's (docs/ENVIRONMENT.md); source: src/shared/verbs.c.
 */
export function isChroot({ services, invocation }: Pick<Call, 'services' | 'invocation'>): boolean {
  const told = booleanOf(invocation.environment.get('SYSTEMD_OFFLINE'));
  if (told !== undefined) return told;
  // Who reaches the manager is where the manager is.
  if (services.api !== undefined || booleanOf(invocation.environment.get('SYSTEMD_IGNORE_CHROOT')) === true)
    return false;
  const [first, own] = [services.files.status('/proc/1/root'), services.files.status('/')];
  return typeof first !== 'number' && typeof own !== 'number' && first.identity !== own.identity;
}

function booleanOf(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/^(1|yes|y|true|t|on)$/i.test(text)) return true;
  return /^(0|no|n|false|f|off)$/i.test(text) ? false : undefined;
}
