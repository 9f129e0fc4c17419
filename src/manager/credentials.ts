/** User=, Group=, SupplementaryGroups=: who a command runs as, and what that puts into its environment (get_user_creds() of systemd's src/basic/user-util.c). */
import type { HostFacts, User } from '../host.d.ts';
import type { ExecSettings } from '../units/exec-model.ts';
import type { DynamicIds } from './dynamic-user.ts';

export interface Credentials {
  /** undefined: unchanged */
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly groups: readonly number[];
  /** Those of the user itself: initgroups(3) gives them to a command with `!` or `+` too, which keeps its ids. */
  readonly ownGroups: readonly number[];
  readonly userName: string;
  /** For WorkingDirectory=~; undefined: the user has none. */
  readonly home: string | undefined;
  /** HOME, USER, LOGNAME, SHELL */
  readonly variables: readonly string[];
  /** What the operator should know of the user, '' for nothing. */
  readonly notice: string;
}

export type CredentialsResult =
  | { readonly ok: true; readonly value: Credentials }
  /** exitStatus: 217 user, 216 group */
  | { readonly ok: false; readonly exitStatus: number; readonly why: string };

const nobody = 65534;
const noShells = new Set(['', '/bin/false', '/usr/bin/false', '/bin/true', '/usr/bin/true']);

/** Any user or group that cannot be resolved is a failure, never root. */
export function resolveCredentials(
  settings: ExecSettings,
  facts: Pick<HostFacts, 'user' | 'group' | 'groupsOf'>,
): CredentialsResult {
  if (settings.user === '' && settings.group === '' && settings.supplementaryGroups.length === 0) return unchanged;
  const user = settings.user === '' ? undefined : facts.user(settings.user);
  if (settings.user !== '' && user === undefined)
    return { ok: false, exitStatus: 217, why: `Failed to determine user credentials: no user ${settings.user}` };
  let gid = user?.gid;
  if (settings.group !== '') {
    const group = facts.group(settings.group);
    if (group === undefined) return noGroup(settings.group);
    gid = group.gid;
  }
  // Root, and who has its group, keeps the groups that there are: none.
  const ownGroups = user === undefined || gid === undefined || gid === 0 ? [] : facts.groupsOf(user.name, gid);
  const groups = new Set(ownGroups);
  for (const name of settings.supplementaryGroups) {
    const group = facts.group(name);
    if (group === undefined) return noGroup(name);
    groups.add(group.gid);
  }
  const { home, variables } = loginVariables(user);
  return {
    ok: true,
    value: {
      uid: user?.uid,
      gid,
      groups: [...groups],
      ownGroups,
      userName: user?.name ?? '',
      home,
      variables,
      notice: '',
    },
  };
}

/** What a login of this user would have; no home for one that has none, no shell that refuses logins. */
export function loginVariables(user: User | undefined): {
  readonly home: string | undefined;
  readonly variables: readonly string[];
} {
  if (user === undefined) return { home: undefined, variables: [] };
  const variables = [`LOGNAME=${user.name}`, `USER=${user.name}`];
  const home = user.uid === nobody || user.home === '/' || !user.home.startsWith('/') ? undefined : user.home;
  if (home !== undefined) variables.push(`HOME=${home}`);
  const usable = user.uid !== nobody && !noShells.has(user.shell) && !user.shell.endsWith('/nologin');
  if (usable) variables.push(`SHELL=${user.shell}`);
  return { home, variables };
}

/** A user without a home and a shell; `user`, `group`: how they are called. */
export function dynamicCredentials(
  settings: ExecSettings,
  user: string,
  ids: Extract<DynamicIds, { ok: true }>,
  facts: Pick<HostFacts, 'user' | 'group' | 'groupsOf'>,
): CredentialsResult {
  const ownGroups = ids.gid === 0 ? [] : ids.isKnown ? facts.groupsOf(user, ids.gid) : [ids.gid];
  const groups = new Set(ownGroups);
  for (const name of settings.supplementaryGroups) {
    const group = facts.group(name);
    if (group === undefined) return noGroup(name);
    groups.add(group.gid);
  }
  return {
    ok: true,
    value: {
      uid: ids.uid,
      gid: ids.gid,
      groups: [...groups],
      ownGroups,
      userName: user,
      home: undefined,
      variables: [`LOGNAME=${user}`, `USER=${user}`],
      notice: ids.isKnown
        ? ''
        : `DynamicUser=: the user ${user} is ${ids.uid}, which no name service of this container knows`,
    },
  };
}

/** Where WorkingDirectory=~ leads for a user without a home, who as a rule may not go there (acquire_home()). */
export const managersHome = '/root';

const unchanged: CredentialsResult = {
  ok: true,
  value: {
    uid: undefined,
    gid: undefined,
    groups: [],
    ownGroups: [],
    userName: '',
    home: managersHome,
    variables: [],
    notice: '',
  },
};

function noGroup(name: string): CredentialsResult {
  return { ok: false, exitStatus: 216, why: `Failed to determine group credentials: no group ${name}` };
}
