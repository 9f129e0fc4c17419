/**
 * The container's environment for ssh sessions: login, interactive, and `ssh host command`. sshd itself sets it
 * (SetEnv), from a file that only root can read: docs/adr has why, and what else was thought of.
 *
 *     /etc/ssh/sshd_config.d/pidone.conf      Include <run>/sshd.d/*.conf     static, no secret in it
 *     <run>/sshd.d/environment.conf           SetEnv A=1 "B=2 3" …            0600, of this container's start
 *     /etc/profile.d/pidone.sh                PATH of login shells            static
 */
import type { Host } from '../../host.d.ts';
import type { Log } from '../log.ts';
import { quoteForSshd } from './sshd-config.ts';

type SshPort = Pick<Host, 'readFile' | 'writeFile' | 'makeDirectory' | 'status' | 'errorText'>;

/** What describes pidone's own process or belongs to each session itself. */
const privateNames = new Set([
  'HOME',
  'PWD',
  'OLDPWD',
  'SHLVL',
  '_',
  'USER',
  'LOGNAME',
  'SHELL',
  'TERM',
  'MAIL',
  'container',
  'NOTIFY_SOCKET',
]);

const configurationDirectory = '/etc/ssh/sshd_config.d';
const mark = '# Written by pidone at each start of the container; delete this line to keep your own version.\n';
const exists = 17;

/** At boot; where there is no sshd to configure it does nothing. What cannot be done or expressed is told. */
export function giveSshTheEnvironment(
  host: SshPort,
  container: ReadonlyMap<string, string>,
  runtimeDirectory: string,
  log: Pick<Log, 'manager'>,
): void {
  if (typeof host.status(configurationDirectory) === 'number') return;
  const tell = (what: string): void => {
    log.manager('warning', `ssh sessions will not have the container's environment: ${what}`);
  };
  const main = host.readFile('/etc/ssh/sshd_config', 1024 * 1024);
  if (typeof main === 'string' && !/^[ \t]*Include[ \t=].*sshd_config\.d/im.test(main)) {
    tell(`/etc/ssh/sshd_config does not include ${configurationDirectory}/*.conf`);
    return;
  }
  const directory = `${runtimeDirectory}/sshd.d`;
  const made = host.makeDirectory(directory, 0o700);
  if (made !== undefined && made !== exists) {
    tell(`${directory} cannot be made`);
    return;
  }
  const { line, left } = setEnvLine(container);
  if (left.length > 0) tell(`sshd_config cannot express ${left.join(', ')}`);
  if (host.writeFile(`${directory}/environment.conf`, line, 0o600) !== undefined) {
    tell(`${directory}/environment.conf cannot be written`);
    return;
  }
  const error =
    writeOurs(host, `${configurationDirectory}/pidone.conf`, `${mark}Include ${directory}/*.conf\n`) ??
    (typeof host.status('/etc/profile.d') === 'number'
      ? undefined
      : writeOurs(host, '/etc/profile.d/pidone.sh', profile));
  if (error !== undefined) tell(error);
}

/** One `SetEnv` line: sshd takes only the first (sshd_config(5)). `left`: names whose value it cannot hold. */
export function setEnvLine(container: ReadonlyMap<string, string>): {
  readonly line: string;
  readonly left: readonly string[];
} {
  const words: string[] = [];
  const left: string[] = [];
  for (const [name, value] of container) {
    if (privateNames.has(name)) continue;
    const word = quoteForSshd(`${name}=${value}`);
    if (word === undefined) left.push(name);
    else words.push(word);
  }
  const path = container.get('PATH');
  const again = path === undefined ? undefined : quoteForSshd(`PIDONE_PATH=${path}`);
  if (again !== undefined) words.push(again);
  return { line: words.length === 0 ? '' : `SetEnv ${words.join(' ')}\n`, left };
}

/** /etc/profile of many distributions sets PATH anew. */
const profile = `${mark}# A login shell gets back the PATH that the container was started with.
if [ -n "\${PIDONE_PATH-}" ]; then
  PATH=$PIDONE_PATH
  export PATH
  unset PIDONE_PATH
fi
`;

/** Writes the file unless it is another's, or it is so already (a read-only image may bring it along). Why it could not be, for who reads the log. */
function writeOurs(host: SshPort, path: string, text: string): string | undefined {
  const before = host.readFile(path, 65536);
  if (before === text) return undefined;
  if (typeof before === 'string' && !before.startsWith(mark)) return undefined;
  const error = host.writeFile(path, text, 0o644);
  return error === undefined ? undefined : `${path} cannot be written: ${host.errorText(error)}`;
}
