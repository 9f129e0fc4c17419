/** Where the command of a command line is: find_executable_full() of systemd's src/basic/path-util.c, for the caller. */
import { absolutePath } from '../../units/values/path.ts';
import type { Invocation, Services } from '../port.ts';
import type { Planned } from './plan.ts';

export function findCommand(
  files: Pick<Services['files'], 'status' | 'access' | 'errorText'>,
  words: readonly string[],
  { environment, directory }: Pick<Invocation, 'environment' | 'directory'>,
): Planned<{ readonly path: string; readonly argv: readonly string[] }> {
  const [name = '', ...rest] = words;
  const paths = name.includes('/')
    ? [absolutePath(name, directory)]
    : (environment.get('PATH') ?? usualPath)
        .split(':')
        .flatMap((each) => (each.startsWith('/') ? `${each}/${name}` : []));
  let why: Parameters<typeof files.errorText>[0] | undefined;
  for (const path of paths) {
    const status = files.status(path);
    const errno = typeof status === 'number' ? status : files.access(path, 1);
    if (errno === undefined && typeof status !== 'number' && status.type === 'file')
      return { ok: true, value: { path, argv: [path, ...rest] } };
    if (errno === permission) why = errno;
  }
  return { ok: false, message: `Failed to find executable ${name}: ${files.errorText(why ?? noEntry)}` };
}

type Errno = Parameters<Services['files']['errorText']>[0];
const permission = 13 as Errno;
const noEntry = 2 as Errno;
const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
