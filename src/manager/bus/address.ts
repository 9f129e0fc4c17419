/** Where a bus is: DBUS_SYSTEM_BUS_ADDRESS. Source: the D-Bus Specification, "Server Addresses". */

export const defaultAddress = 'unix:path=/run/dbus/system_bus_socket';

/** The sockets of an address, in the order in which they are to be tried. What is no path, or one with bytes that must be escaped, is passed over. */
export function parseBusAddress(address: string): string[] {
  return address.split(';').flatMap((one) => /^unix:(?:.*,)?path=(\/[^,%]{0,106})(?:,|$)/.exec(one)?.[1] ?? []);
}
