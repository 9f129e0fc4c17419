/**
 * The entry of ctl/: a part of the program that the manager (or offline.ts) loads when the first client comes. By the name
 * that it was called under, a command line goes to systemctl, journalctl or pidone's own verbs.
 */
import { runJournalctl } from './journalctl.ts';
import { runPidone } from './pidone.ts';
import type { Handler, Services } from './port.ts';
import { runSystemctl } from './systemctl.ts';

/** The handler of all command lines. Its promise gives the exit status. */
export function serve(services: Services): Handler {
  return async (invocation, client) => {
    switch (invocation.program) {
      case 'systemctl':
        return runSystemctl(services, invocation, client);
      case 'journalctl':
        return runJournalctl(services, invocation, client);
      default:
        return runPidone(services, invocation, client);
    }
  };
}
