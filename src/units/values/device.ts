/** Device nodes and what may be done to them or by them. Source: systemd's src/core/load-fragment.c. */
import { hasParent, simplifyPath } from './path.ts';

/** DeviceAllow=: `/dev/sda rw`, `char-pts`, `block-*  r`. */
export interface DeviceRule {
  /** A path below /dev/ or a class (`char-…`, `block-…`). */
  readonly device: string;
  /** Of r, w and m (mknod); '' is all of them. */
  readonly rights: string;
}

export function parseDeviceRule(device: string, rights: string): DeviceRule | undefined {
  if (!/^[rwm]*$/.test(rights)) return undefined;
  if (device.startsWith('block-') || device.startsWith('char-')) return { device, rights };
  const path = simplifyPath(device);
  const isNode = /^\/(?:dev|run\/systemd\/inaccessible)(?:\/|$)/.test(path) && !hasParent(path);
  return isNode ? { device: path, rights } : undefined;
}

export function formatDeviceRule({ device, rights }: DeviceRule): string {
  return rights === '' ? device : `${device} ${rights}`;
}
