/** Where a bus is: DBUS_SYSTEM_BUS_ADDRESS. Source: the D-Bus Specification, "Server Addresses". */

/** A socket in the file system, or one in the network namespace (abstract), whose name has no NUL in front here. */
export interface BusPlace {
  readonly abstract: boolean;
  readonly name: string;
}

export const defaultAddress = 'unix:path=/run/dbus/system_bus_socket';

/** sun_path without its end. */
const longestName = 107;

/** The places of an address that can be had, in the order in which they are to be tried; others are passed over. */
export function parseBusAddress(address: string): BusPlace[] {
  return address.split(';').flatMap((one) => {
    if (!one.startsWith('unix:')) return [];
    const values = new Map(
      one
        .slice('unix:'.length)
        .split(',')
        .map((pair): [string, string | undefined] => {
          const at = pair.indexOf('=');
          return [pair.slice(0, at < 0 ? undefined : at), at < 0 ? undefined : unescape(pair.slice(at + 1))];
        }),
    );
    const path = values.get('path');
    const name = path ?? values.get('abstract');
    if (name === undefined || name === '' || name.length > longestName) return [];
    // Exactly one of the two, and a path is a whole one.
    if (values.has('path') === values.has('abstract') || path?.startsWith('/') === false) return [];
    return [{ abstract: path === undefined, name }];
  });
}

/** %XX; undefined for one that is none, and for a NUL. ASCII only: others would need the bytes. */
function unescape(text: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})|%00|%[89a-fA-F]/.test(text) || !/^[ -~]*$/.test(text)) return undefined;
  return text.replaceAll(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
