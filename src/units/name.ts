/** Unit names: man systemd.unit, systemd's src/basic/unit-name.c. */
import type { UnitType } from './model.ts';
import { shortenName } from './name-hash.ts';
import { hasParent, isValidPath, simplifyPath } from './values/path.ts';

export type UnitName = string & { readonly brand: 'UnitName' };
/** A span of time in usec; Infinity is "infinity". */
export type Microseconds = number & { readonly brand: 'Microseconds' };

/** Longest name, in bytes; names are ASCII, so in characters too. */
export const longestName = 255;

// The class before "@" has no "@" in it: there is one way to match, so no backtracking to speak of.
const stem = /^[a-zA-Z0-9:_.\\-]+(?:@[a-zA-Z0-9:_.\\@-]*)?$/;
const types: ReadonlySet<string> = new Set([
  'service',
  'target',
  'socket',
  'timer',
  'path',
  'mount',
  'automount',
  'swap',
  'device',
  'slice',
  'scope',
]);

/** `text` as the name of a unit (plain, template or instance), or undefined when it is none. */
export function parseUnitName(text: string): UnitName | undefined {
  if (text.length > longestName) return undefined;
  const dot = text.lastIndexOf('.');
  return types.has(text.slice(dot + 1)) && stem.test(text.slice(0, Math.max(dot, 0))) ? (text as UnitName) : undefined;
}

/** `service`, `socket` … */
export function isUnitType(text: string): text is UnitType {
  return types.has(text);
}

/** The type that the name's suffix says. */
export function unitType(name: UnitName): UnitType {
  return name.slice(name.lastIndexOf('.') + 1) as UnitType;
}

/** What stands before the suffix: `foo@bar` of `foo@bar.service`. */
export function stemOf(name: UnitName): string {
  return name.slice(0, name.lastIndexOf('.'));
}

/** What stands before `@`, or before the suffix: `foo` of `foo@bar.service` and of `foo.service`. */
export function prefixOf(name: UnitName): string {
  const at = name.indexOf('@');
  return at < 0 ? stemOf(name) : name.slice(0, at);
}

/** What stands between `@` and the suffix: '' of a template, undefined of a plain name. */
export function instanceOf(name: UnitName): string | undefined {
  const at = name.indexOf('@');
  return at < 0 ? undefined : name.slice(at + 1, name.lastIndexOf('.'));
}

/** `foo@.service`: a template, which cannot be started itself. */
export function isTemplate(name: UnitName): boolean {
  return name.includes('@.') && instanceOf(name) === '';
}

/** `foo@.service` of `foo@bar.service`; undefined where there is no `@`. */
export function templateOf(name: UnitName): UnitName | undefined {
  const at = name.indexOf('@');
  return at < 0 ? undefined : ((name.slice(0, at + 1) + name.slice(name.lastIndexOf('.'))) as UnitName);
}

/** `foo@bar.service` of `foo@.service` and `bar`; undefined when that is no valid name, or `template` has no `@`. */
export function instantiate(template: UnitName, instance: string): UnitName | undefined {
  const at = template.indexOf('@');
  if (at < 0) return undefined;
  return parseUnitName(template.slice(0, at + 1) + instance + template.slice(template.lastIndexOf('.')));
}

/**
 * systemd-escape: `/` becomes `-`, and every byte that no unit name may have, a leading dot and `-` itself become \xHH.
 * `text` is as the host gives it (a byte outside UTF-8 is a lone surrogate, see host.d.ts).
 */
export function escapeName(text: string): string {
  return text.replace(/^\.|[^a-zA-Z0-9:_.]/gsu, (character) =>
    character === '/'
      ? '-'
      : utf8(character)
          .map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`)
          .join(''),
  );
}

/**
 * The inverse of escapeName; undefined where a backslash does not begin \xHH. Bytes outside of ASCII come back as the host's lone
 * surrogates; what follows a NUL is lost, as in every string of systemd's.
 */
export function unescapeName(text: string): string | undefined {
  if (/\\(?!x[0-9a-fA-F]{2})/.test(text)) return undefined;
  const [whole = ''] = decodeBytes(text.replaceAll('-', '/')).split('\0');
  return whole;
}

/** systemd-escape --path: `/a//b/` is `a-b`, `/` is `-`; undefined for a path with `..` in it, or longer than the kernel takes. */
export function escapePath(path: string): string | undefined {
  const plain = simplifyPath(path);
  if (plain === '' || plain === '/') return '-';
  if (plain === '.' || hasParent(plain) || !isValidPath(plain)) return undefined;
  return escapeName(plain.replace(/^\//, ''));
}

/** The inverse of escapePath; undefined where `text` is no escaped path. */
export function unescapePath(text: string): string | undefined {
  if (text === '-') return '/';
  const path = unescapeName(text);
  if (path === undefined || path === '' || /(^|\/)(\/|$|\.{1,2}(\/|$))/.test(path)) return undefined;
  return isValidPath(path) ? `/${path}` : undefined;
}

/** The unit of a path (unit_name_from_path()): `srv-data.mount`. A name that would be too long ends in a hash; undefined as for escapePath. */
export function nameOfPath(path: string, suffix: `.${UnitType}`): UnitName | undefined {
  const escaped = escapePath(path);
  if (escaped === undefined) return undefined;
  const name = escaped + suffix;
  return parseUnitName(name.length > longestName ? shortenName(name) : name);
}

/**
 * What systemctl makes of a word that is to name a unit (unit_name_mangle()): `foo` is foo.service, `/dev/x` a device,
 * another absolute path a mount; characters that no name may have are escaped, in a path that is not plain too.
 * undefined when nothing can be made of it.
 */
export function mangleUnitName(word: string, suffix: `.${UnitType}` = '.service'): UnitName | undefined {
  const exact = parseUnitName(word);
  if (exact !== undefined) return exact;
  if (word === '') return undefined;
  const path = word.startsWith('/') ? nameOfPath(word, isDevicePath(word) ? '.device' : '.mount') : undefined;
  if (path !== undefined) return path;
  const name = escapeWord(word);
  return parseUnitName(name) ?? parseUnitName(name + suffix);
}

/** Below /dev or /sys. */
function isDevicePath(path: string): boolean {
  return /^\/(dev|sys)\/./.test(simplifyPath(path));
}

/** Whether the name that comes of a word is not just the word with a suffix: who typed it should be told. */
export function needsEscape(word: string): boolean {
  return escapeWord(word) !== word && !(word.startsWith('/') && escapePath(word) !== undefined);
}

/** As escapeName, but what may stand in a name stays. */
function escapeWord(word: string): string {
  return word.replace(/[^a-zA-Z0-9:_.\\@-]/gsu, (character) =>
    character === '/'
      ? '-'
      : utf8(character)
          .map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`)
          .join(''),
  );
}

/** The bytes of one character of a host string. */
export function utf8(character: string): number[] {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return [code];
  if (code >= 0xdc80 && code <= 0xdcff) return [code - 0xdc00];
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 0x3f)];
  if (code < 0x10000) return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
  return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
}

function decodeBytes(text: string): string {
  return text.replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) => {
    const byte = Number.parseInt(hex, 16);
    return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
  });
}
