/** Names of small things, as systemd checks them. Nothing here asks the machine. */
import { parseInteger } from './integer.ts';
import { isFileName } from './path.ts';

/** Of a network device. Source: ifname_valid_full() in systemd's src/basic/socket-util.c. */
export function isInterfaceName(name: string): boolean {
  return (
    /^(?!\.{1,2}$|all$|default$)(?!\d+$)[^\s:/%\p{Cc}\x80-\uffff]{1,15}$/u.test(name) &&
    parseInteger(name, 1, 2 ** 31 - 1) === undefined
  );
}

/** Of a file descriptor in $LISTEN_FDNAMES. Source: fdname_is_valid(). */
export function isDescriptorName(name: string): boolean {
  return /^[ -9;-~]{0,255}$/.test(name);
}

/** Source: credential_name_valid() in systemd's src/shared/creds-util.c. */
export function isCredentialName(name: string): boolean {
  return isFileName(name) && isDescriptorName(name);
}

/** Of D-Bus. Source: service_name_is_valid() in systemd's src/libsystemd/sd-bus/bus-internal.c. */
export function isBusName(name: string): boolean {
  const wellKnown = /^[A-Za-z_-][A-Za-z0-9_-]*(\.[A-Za-z_-][A-Za-z0-9_-]*)+$/;
  return name.length <= 255 && (wellKnown.test(name) || /^:[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$/.test(name));
}

/** Of a field in the journal that anybody may set. Source: journal_field_valid(). */
export function isFieldName(name: string): boolean {
  return /^[A-Z][A-Z0-9_]{0,63}$/.test(name);
}

/** Printable ASCII and what else 7 bits hold. */
export function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

/** Source: string_is_safe() in systemd's src/basic/string-util.c. */
export function isSafeString(text: string): boolean {
  return !/["'\\\p{Cc}]/u.test(text);
}

/** RFC 4648, blanks anywhere; undefined bits of the last group must be 0. Source: unbase64mem_full(). */
export function isBase64(text: string): boolean {
  const digits = text.replaceAll(/[ \t\r\n]+/g, '');
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/.test(digits);
}

/** Pairs of hexadecimal digits, blanks anywhere: how many pairs; undefined for other text. */
export function countHexBytes(text: string): number | undefined {
  const digits = text.replaceAll(/[ \t\r\n]+/g, '');
  return /^(?:[0-9a-fA-F]{2})*$/.test(digits) ? digits.length / 2 : undefined;
}
