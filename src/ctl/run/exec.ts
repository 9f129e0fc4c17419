/** What --scope changes of the caller before it becomes the command: start_transient_scope() of systemd's src/run/run.c. */
import type { Errand, Services } from '../port.ts';
import type { RunOptions } from './options.ts';
import type { Planned } from './plan.ts';

type Exec = Pick<Errand, 'directory' | 'nicePlus21' | 'uidPlus1' | 'gidPlus1' | 'groups'> & {
  readonly set: readonly string[];
};

export function planExec(
  { texts }: RunOptions,
  users: Pick<Services['files'], 'user' | 'group' | 'groupsOf'>,
): Planned<Exec> {
  const set: string[] = [];
  const [nice, directory, uid, gid] = (['nice', 'working-directory', 'uid', 'gid'] as const).map((each) =>
    texts.get(each),
  );
  let exec: Exec = { set };
  if (nice !== undefined) exec = { ...exec, nicePlus21: Number(nice) + 21 };
  if (directory !== undefined) exec = { ...exec, directory };
  if (gid !== undefined) {
    const group = users.group(gid);
    if (group === undefined) return { ok: false, message: `Failed to resolve group ${gid}: No such process` };
    exec = { ...exec, gidPlus1: group.gid + 1 };
  }
  if (uid !== undefined) {
    const user = users.user(uid);
    if (user === undefined) return { ok: false, message: `Failed to resolve user ${uid}: No such process` };
    const { name, home, shell } = user;
    set.push(`HOME=${home}`, `SHELL=${shell}`, `USER=${name}`, `LOGNAME=${name}`);
    exec = {
      ...exec,
      uidPlus1: user.uid + 1,
      gidPlus1: exec.gidPlus1 ?? user.gid + 1,
      groups: users.groupsOf(name, user.gid),
    };
  }
  return { ok: true, value: exec };
}
