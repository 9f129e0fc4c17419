/**
 * The entry of ctl/: a part of the program that the manager (or offline.ts) loads when the first client comes. By the name
 * that it was called under, a command line goes to systemctl, journalctl, pidone's own verbs, or to a part that only few need.
 */
import type * as AnalyzePart from './analyze.ts';
import type * as CatPart from './cat.ts';
import type * as EscapePart from './escape.ts';
import type * as JournalctlPart from './journalctl.ts';
import { runPidone } from './pidone.ts';
import type * as RunPart from './run.ts';
import type { Given, Handler, Services } from './port.ts';
import { runSystemctl } from './systemctl.ts';
import { zonesFrom } from '../units/values/zones.ts';

/** The handler of all command lines. Its promise gives the exit status. */
export function serve(given: Given): Handler {
  return async (invocation, client) => {
    const zones = zonesFrom(given.files, invocation.environment.get('TZ'));
    const services: Services = { ...given, face: { ...given.face, zones } };
    switch (invocation.program) {
      case 'systemctl':
        return runSystemctl(services, invocation, client);
      case 'journalctl':
        return (services.load('ctl/journalctl.ts') as typeof JournalctlPart).runJournalctl(
          services,
          invocation,
          client,
        );
      case 'systemd-analyze':
        return (services.load('ctl/analyze.ts') as typeof AnalyzePart).runAnalyze(services, invocation, client);
      case 'systemd-escape':
        return (services.load('ctl/escape.ts') as typeof EscapePart).runEscape(services, invocation, client);
      case 'systemd-cat':
        return (services.load('ctl/cat.ts') as typeof CatPart).runCat(services, invocation, client);
      case 'systemd-run':
        return (services.load('ctl/run.ts') as typeof RunPart).runTransient(services, invocation, client);
      default:
        return runPidone(services, invocation, client);
    }
  };
}
