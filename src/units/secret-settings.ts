/** Settings of which a unit has credentials of its own: exec_context_has_credentials() in systemd's src/core/execute.c. */
import { unescape } from './syntax/words.ts';

const keys = 'LoadCredential LoadCredentialEncrypted SetCredential SetCredentialEncrypted ImportCredential';

export function hasSecrets(accepted: ReadonlyMap<string, string>): boolean {
  return accepted.size > 0 && keys.split(' ').some((key) => accepted.has(key));
}

/** $CREDENTIALS_DIRECTORY, %d; of a manager that is not root (uid) below its own directory. */
export function secretsDirectory(
  unit: string,
  { uid, runtimeDirectory }: { readonly uid: number; readonly runtimeDirectory: string },
): string {
  return `${uid === 0 ? '/run' : runtimeDirectory}/credentials/${unit}`;
}

/** What SetCredential= says, its C escapes read; undefined where one is wrong. Unlike elsewhere NUL is a byte like any other. */
export function secretText(text: string): string | undefined {
  const pieces = [''];
  for (const [part, nul] of text.matchAll(/\\(x00|000|u0000|U00000000)|\\.|[^\\]+|\\$/gs))
    if (nul === undefined) pieces.push((pieces.pop() ?? '') + part);
    else pieces.push('');
  const read = pieces.map(unescape);
  return read.includes(undefined) ? undefined : read.join('\0');
}
