import { parseBoolean } from '../../units/values/boolean.ts';
import { complain, type ManagedCall } from '../call.ts';

/** service-watchdogs: whether WatchdogSec= is looked at; with a word, from now on. */
export async function serviceWatchdogs(
  call: Pick<ManagedCall, 'api' | 'client' | 'palette' | 'words'>,
): Promise<number> {
  const { api, words } = call;
  const [word] = words;
  if (word === undefined) {
    await call.client.stdout(api.system().watchdogs ? 'yes\n' : 'no\n');
    return 0;
  }
  const on = parseBoolean(word);
  if (on === undefined) {
    await complain(call, 'Failed to parse service-watchdogs argument: Invalid argument');
    return 1;
  }
  api.setWatchdogs(on);
  return 0;
}
