/** What --scope changes of the caller before it becomes the command: start_transient_scope() of systemd's src/run/run.c. */
import { absolutePath } from '../../units/values/path.ts';
import type { Errand, Invocation, Services } from '../port.ts';
import type { RunOptions } from './options.ts';
import type { Planned } from './plan.ts';

export type ScopeExec = Pick<Errand, 'directory' | 'nicePlus21' | 'uidPlus1' | 'gidPlus1' | 'groups'> & {
  readonly set: readonly string[];
};

export function planExec(
  { texts }: RunOptions,
  { directory: from }: Pick<Invocation, 'directory'>,
  files: Pick<Services['files'], 'user' | 'group' | 'groupsOf' | 'status' | 'errorText'>,
): Planned<ScopeExec> {
  const set: string[] = [];
  const [nice, directory, uid, gid] = (['nice', 'working-directory', 'uid', 'gid'] as const).map((each) =>
    texts.get(each),
  );
  let exec: ScopeExec = { set };
  if (nice !== undefined) exec = { ...exec, nicePlus21: Number(nice) + 21 };
  if (directory !== undefined) {
    const path = absolutePath(directory, from);
    const status = files.status(path);
    const errno = typeof status === 'number' ? status : status.type === 'directory' ? undefined : noDirectory;
    if (errno !== undefined)
      return { ok: false, message: `Failed to change directory to '${path}': ${files.errorText(errno)}` };
    exec = { ...exec, directory: path };
  }
  if (gid !== undefined) {
    const group = files.group(gid);
    if (group === undefined) return { ok: false, message: `Failed to resolve group ${gid}: No such process` };
    exec = { ...exec, gidPlus1: group.gid + 1 };
  }
  if (uid !== undefined) {
    const user = files.user(uid);
    if (user === undefined) return { ok: false, message: `Failed to resolve user ${uid}: No such process` };
    const { name, home, shell } = user;
    set.push(`HOME=${home}`, `SHELL=${shell}`, `USER=${name}`, `LOGNAME=${name}`);
    exec = {
      ...exec,
      uidPlus1: user.uid + 1,
      gidPlus1: exec.gidPlus1 ?? user.gid + 1,
      groups: files.groupsOf(name, user.gid),
    };
  }
  return { ok: true, value: exec };
}

const noDirectory = 20 as Parameters<Services['files']['errorText']>[0];
