/**
 * Numbers for dynamic users: DynamicUser= of systemd.exec(5). A number once given stays that of its name as long as the container
 * runs (unless so many were given that the oldest which nobody has must serve again), so that no two have the same at a time,
 * whatever dies; after that the name, or who owns its directories, leads to it again. A part of the program that is loaded for the first such unit. Source: systemd's src/core/dynamic-user.c.
 */
import type { HostFacts, HostFiles } from '../host.d.ts';
import { sipHash } from '../units/values/siphash.ts';

export interface DynamicUserPort {
  readonly files: Pick<HostFiles, 'readFile' | 'readDirectory' | 'statusNoFollow' | 'writeFile'>;
  readonly facts: Pick<HostFacts, 'user' | 'group' | 'randomHex'>;
  /** Where the numbers are kept: "NUMBER NAME" a line. */
  readonly path: string;
}

export type DynamicIds =
  | { readonly ok: true; readonly uid: number; readonly gid: number; readonly isKnown: boolean }
  | { readonly ok: false; readonly why: string };

/** systemd's range, and its key. */
const first = 61184;
const last = 65519;
const key: readonly [bigint, bigint] = [0xf548cecf317e5337n, 0x59ecd98d5739bb8an];
/** With so many given, the older half is looked through for those that can be given again: there are no more than 4,336. */
const mostGiven = 2048;
const hiding = ['/var/lib/private', '/var/cache/private', '/var/log/private'];

/** `suggested`: directories of the unit, whose owner it should be again. */
export function dynamicIds(
  user: string,
  group: string,
  suggested: readonly string[],
  port: DynamicUserPort,
): DynamicIds {
  const { facts } = port;
  const known = facts.user(user);
  if (known === undefined && facts.group(user) !== undefined) return taken(user);
  // A number is nobody's name: it is used as it is.
  const uid = known?.uid ?? (isNumber(user) ? Number(user) : numberOf(user, suggested, port));
  let gid = known?.gid ?? uid;
  if (group !== user) {
    const own = facts.group(group);
    if (own === undefined && facts.user(group) !== undefined) return taken(group);
    gid = own?.gid ?? (isNumber(group) ? Number(group) : numberOf(group, [], port));
  }
  if (uid === undefined || gid === undefined) return { ok: false, why: `Failed to find a number for user ${user}` };
  return { ok: true, uid, gid, isKnown: known !== undefined || isNumber(user) };
}

function isNumber(name: string): boolean {
  return /^\d+$/.test(name);
}

function taken(name: string): DynamicIds {
  return {
    ok: false,
    why: `Failed to update dynamic user credentials: User or group with specified name already exists: ${name}`,
  };
}

/** undefined: none is free, or it cannot be written down. */
function numberOf(name: string, suggested: readonly string[], port: DynamicUserPort): number | undefined {
  const text = port.files.readFile(port.path, 1 << 20);
  const given = new Map<string, string>();
  for (const line of (typeof text === 'string' ? text : '').split('\n')) {
    const [number = '', owner] = line.split(' ');
    if (owner === name) return Number(number);
    if (owner !== undefined) given.set(number, owner);
  }
  if (given.size >= mostGiven) forgetOld(given, port.files);
  const number = pick(name, given, suggested, port);
  if (number === undefined) return undefined;
  const all = [...given, [String(number), name]].map((entry) => `${entry.join(' ')}\n`).join('');
  return port.files.writeFile(port.path, all, 0o644) === undefined ? number : undefined;
}

function pick(
  name: string,
  given: ReadonlyMap<string, string>,
  suggested: readonly string[],
  { files, facts }: DynamicUserPort,
): number | undefined {
  const isFree = (number: number): boolean =>
    number >= first &&
    number <= last &&
    !given.has(String(number)) &&
    facts.user(String(number)) === undefined &&
    facts.group(String(number)) === undefined;
  for (const path of suggested) {
    const status = files.statusNoFollow(path);
    if (typeof status !== 'number' && status.type === 'directory' && isFree(status.uid)) return status.uid;
  }
  const owners = ownersOf(files);
  const clamp = (hash: bigint): number => Number((hash & 0xffff_ffffn) % BigInt(last - first + 1)) + first;
  for (let tries = 0; tries < 100; tries++) {
    const number = clamp(tries === 0 ? sipHash(name, key) : BigInt(`0x${facts.randomHex(4)}`));
    if (isFree(number) && !owners.has(number)) return number;
  }
  return undefined;
}

/** The oldest first; a number that a process has, or whose files are still there, stays with its name. */
function forgetOld(given: Map<string, string>, files: DynamicUserPort['files']): void {
  const owners = new Set([...ownersOf(files), ...runningUsers(files)]);
  for (const number of given.keys()) {
    if (given.size <= mostGiven / 2) return;
    if (!owners.has(Number(number))) given.delete(number);
  }
}

/** Real uids of all processes: the owner of a directory in /proc may be root instead. */
function runningUsers(files: DynamicUserPort['files']): readonly number[] {
  const entries = files.readDirectory('/proc');
  return (typeof entries === 'number' ? [] : entries).flatMap(({ name }) => {
    const status = /^\d+$/.test(name) ? files.readFile(`/proc/${name}/status`, 16384) : 0;
    const uid = typeof status === 'string' ? /^Uid:\t(\d+)/m.exec(status)?.[1] : undefined;
    return uid === undefined ? [] : [Number(uid)];
  });
}

/** Who owns what other dynamic users have left: that is not for somebody new. */
function ownersOf(files: DynamicUserPort['files']): ReadonlySet<number> {
  const owners = new Set<number>();
  for (const root of hiding) {
    const entries = files.readDirectory(root);
    for (const { name } of typeof entries === 'number' ? [] : entries) {
      const status = files.statusNoFollow(`${root}/${name}`);
      if (typeof status !== 'number') owners.add(status.uid);
    }
  }
  return owners;
}
