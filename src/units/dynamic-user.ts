/** DynamicUser= of systemd.exec(5): what it makes of other settings. Source: unit_patch_contexts(), user_from_unit_name() in systemd's src/core/unit.c. */
import type { UnitName } from './name.ts';
import { prefixOf } from './name.ts';
import { sipHash } from './values/siphash.ts';

/** systemd's, for names of users. */
const key: readonly [bigint, bigint] = [0x964e5828e6af1a58n, 0xec07928c3bf54eb4n];

export function isDynamic(accepted: ReadonlyMap<string, string>): boolean {
  return accepted.get('DynamicUser') === 'yes';
}

/** The user and group of a unit with DynamicUser=yes: as written, else named after the unit, or what can be no name after a hash of that. */
export function dynamicNames(
  unit: UnitName,
  exec: { readonly user: string; readonly group: string },
): { readonly user: string; readonly group: string } {
  const user = exec.user === '' ? nameAfter(unit) : exec.user;
  return { user, group: exec.group === '' ? user : exec.group };
}

function nameAfter(unit: UnitName): string {
  const prefix = prefixOf(unit);
  if (/^[A-Za-z_][A-Za-z0-9_-]{0,30}$/.test(prefix)) return prefix;
  const hash = sipHash(prefix, key);
  const half = (word: bigint): string =>
    Number(word & 0xffff_ffffn)
      .toString(16)
      .padStart(8, '0');
  return `_du${half(hash >> 32n)}${half(hash)}`;
}

/** What a dynamic user must not leave behind: settings that it switches on. */
export function impliedByDynamicUser(accepted: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  const home = accepted.get('ProtectHome') ?? 'no';
  return [
    ['PrivateTmp', 'yes'],
    ['RemoveIPC', 'yes'],
    ['NoNewPrivileges', 'yes'],
    ['RestrictSUIDSGID', 'yes'],
    ['ProtectSystem', 'strict'],
    ['ProtectHome', home === 'no' ? 'read-only' : home],
  ];
}
