/** systemctl: options, then the verb. systemd's src/systemctl/systemctl.c. */
import { type Call, complain, type ManagedCall, noManager } from './call.ts';
import { absoluteRoot } from '../units/install/paths.ts';
import { isChroot } from './chroot.ts';
import type * as FileVerbs from './file-verbs.ts';
import { tellItself } from './front.ts';
import { parseSystemctl } from './options/systemctl.ts';
import type { ClientPort, Invocation, Services } from './port.ts';
import { paletteFor, plain } from './render/colour.ts';
import { systemctlHelp } from './render/help.ts';
import { cancel, listJobs } from './verbs/list-jobs.ts';
import { cat } from './verbs/cat.ts';
import { clean, freeze } from './verbs/clean.ts';
import { daemonReexec, daemonReload } from './verbs/daemon-reload.ts';
import { importEnvironment, setEnvironment, showEnvironment, unsetEnvironment } from './verbs/environment.ts';
import { isActive, isFailed } from './verbs/is-active.ts';
import { isSystemRunning } from './verbs/is-system-running.ts';
import { kill } from './verbs/kill.ts';
import { listDependencies } from './verbs/list-dependencies.ts';
import { listPaths } from './verbs/list-paths.ts';
import { listSockets } from './verbs/list-sockets.ts';
import { listTimers } from './verbs/list-timers.ts';
import { listUnits } from './verbs/list-units.ts';
import { resetFailed } from './verbs/reset-failed.ts';
import { serviceWatchdogs } from './verbs/service-watchdogs.ts';
import { show } from './verbs/show.ts';
import { shutdown } from './verbs/shutdown.ts';
import { status } from './verbs/status.ts';
import { unitJob } from './verbs/unit-job.ts';

/** `needs` counts the words after the verb. `managed`: nothing can be said without a manager. */
type Verb =
  | { readonly kind: 'managed'; readonly least: number; readonly most: number; run(call: ManagedCall): Promise<number> }
  | { readonly kind: 'files'; readonly least: number; readonly most: number; run(call: Call): Promise<number> };

function managed(least: number, most: number, run: (call: ManagedCall) => Promise<number>): Verb {
  return { kind: 'managed', least, most, run };
}

function files(least: number, most: number, run: (call: Call) => Promise<number>): Verb {
  return { kind: 'files', least, most, run };
}

/** A verb of file-verbs.ts, which is loaded when it is called. */
function ofFiles<Name extends keyof typeof FileVerbs>(name: Name): (typeof FileVerbs)[Name] {
  return ((call: ManagedCall) =>
    (call.services.load('ctl/file-verbs.ts') as typeof FileVerbs)[name](call)) as (typeof FileVerbs)[Name];
}

const any = Infinity;

/** Every verb that is served. */
const verbs: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['start', managed(1, any, unitJob)],
  ['stop', managed(1, any, unitJob)],
  ['restart', managed(1, any, unitJob)],
  ['try-restart', managed(1, any, unitJob)],
  ['condrestart', managed(1, any, unitJob)],
  ['reload', managed(1, any, unitJob)],
  ['reload-or-restart', managed(1, any, unitJob)],
  ['try-reload-or-restart', managed(1, any, unitJob)],
  ['reload-or-try-restart', managed(1, any, unitJob)],
  ['condreload', managed(1, any, unitJob)],
  ['force-reload', managed(1, any, unitJob)],
  ['isolate', managed(1, 1, unitJob)],
  ['kill', managed(1, any, kill)],
  ['clean', managed(1, any, clean)],
  ['freeze', managed(1, any, freeze)],
  ['thaw', managed(1, any, freeze)],
  ['service-watchdogs', managed(0, 1, serviceWatchdogs)],
  ['set-property', managed(2, any, ofFiles('setProperty'))],
  ['is-active', managed(1, any, isActive)],
  ['check', managed(1, any, isActive)],
  ['is-failed', managed(1, any, isFailed)],
  ['is-enabled', files(1, any, ofFiles('isEnabled'))],
  ['is-system-running', files(0, 0, isSystemRunning)],
  ['status', managed(0, any, status)],
  ['show', managed(0, any, show)],
  ['cat', files(1, any, cat)],
  ['list-units', managed(0, any, listUnits)],
  ['list-unit-files', files(0, any, ofFiles('listUnitFiles'))],
  ['list-paths', managed(0, any, listPaths)],
  ['list-sockets', managed(0, any, listSockets)],
  ['list-timers', managed(0, any, listTimers)],
  ['list-jobs', managed(0, any, listJobs)],
  ['list-dependencies', managed(0, any, listDependencies)],
  ['cancel', managed(0, any, cancel)],
  ['edit', files(1, any, ofFiles('edit'))],
  ['enable', files(1, any, ofFiles('installVerb'))],
  ['disable', files(1, any, ofFiles('installVerb'))],
  ['reenable', files(1, any, ofFiles('installVerb'))],
  ['preset', files(1, any, ofFiles('installVerb'))],
  ['preset-all', files(0, 0, ofFiles('presetAll'))],
  ['mask', files(1, any, ofFiles('installVerb'))],
  ['unmask', files(1, any, ofFiles('installVerb'))],
  ['link', files(1, any, ofFiles('installVerb'))],
  ['revert', files(1, any, ofFiles('installVerb'))],
  ['add-wants', files(2, any, ofFiles('addDependency'))],
  ['add-requires', files(2, any, ofFiles('addDependency'))],
  ['get-default', files(0, 0, ofFiles('getDefault'))],
  ['set-default', files(1, 1, ofFiles('setDefault'))],
  ['daemon-reload', managed(0, 0, daemonReload)],
  ['daemon-reexec', managed(0, 0, daemonReexec)],
  ['reset-failed', managed(0, any, resetFailed)],
  ['show-environment', managed(0, 0, showEnvironment)],
  ['set-environment', managed(1, any, setEnvironment)],
  ['unset-environment', managed(1, any, unsetEnvironment)],
  ['import-environment', managed(0, any, importEnvironment)],
  ['poweroff', managed(0, 0, shutdown)],
  ['reboot', managed(0, 1, shutdown)],
  ['halt', managed(0, 0, shutdown)],
  ['exit', managed(0, 1, shutdown)],
]);

/** What systemctl has and a container has no use for, with what to say. */
const unserved: ReadonlyMap<string, string> = new Map([
  ['list-machines', 'pidone manages its own container only.'],
  ['suspend', 'A container does not sleep.'],
  ['hibernate', 'A container does not sleep.'],
  ['hybrid-sleep', 'A container does not sleep.'],
  ['rescue', 'A container has no rescue mode.'],
  ['emergency', 'A container has no emergency mode.'],
  ['kexec', 'A container has no kernel of its own.'],
  ['soft-reboot', 'Restart the container.'],
  ['switch-root', 'A container has no initrd.'],
  ['bind', 'Services have no mount namespace of their own that others could reach.'],
  ['mount-image', 'Services have no mount namespace of their own that others could reach.'],
  ['default', 'Use: systemctl isolate default.target'],
  ...('service-log-level service-log-target log-level log-target whoami help'.split(' ') as readonly string[]).map(
    (verb) => [verb, 'It is not carried out yet.'] as const,
  ),
]);

export async function runSystemctl(services: Services, invocation: Invocation, client: ClientPort): Promise<number> {
  const parsed = parseSystemctl('systemctl', invocation.arguments);
  switch (parsed.kind) {
    case 'refused':
      await client.stderr(`${refusalFor(invocation, parsed.message)}\n`);
      return 1;
    case 'help':
    case 'version':
    case 'choices':
      return tellItself(parsed, systemctlHelp, services, client);
    case 'run':
  }
  const { options } = parsed;
  const [word = 'list-units', ...words] = parsed.words;
  const call: Call = {
    services,
    invocation,
    client,
    options,
    words,
    verb: word,
    palette: options.output === 'export' ? plain : paletteFor(invocation),
  };
  const verb = verbs.get(word);
  if (verb === undefined) {
    const reason = unserved.get(word);
    if (reason !== undefined && options.root !== undefined) return refuse(call, notElsewhere(word));
    if (reason !== undefined && isChroot(call)) return passOver(call);
    await complain(
      call,
      reason === undefined ? `Unknown command verb ${word}.` : `pidone does not serve '${word}': ${reason}`,
    );
    return 1;
  }
  if (words.length < verb.least) return refuse(call, 'Too few arguments.');
  if (words.length > verb.most) return refuse(call, 'Too many arguments.');
  const root = options.root === undefined ? undefined : absoluteRoot(options.root, invocation.directory);
  if (root !== undefined)
    return verb.kind === 'files'
      ? runElsewhere(call, root, (elsewhere) => verb.run(elsewhere))
      : refuse(call, notElsewhere(word));
  const isOffline = isChroot(call);
  if (verb.kind === 'files') return verb.run(isOffline ? { ...call, services: { ...services, api: undefined } } : call);
  if (isOffline) return passOver(call);
  const { api } = services;
  if (api === undefined) return refuse(call, noManager(call));
  return verb.run({ ...call, api });
}

/** Scripts of packages, run in a chroot, must not fail for it. */
async function passOver(call: Call): Promise<number> {
  await complain(call, `Running in chroot, ignoring command '${call.verb}'`, 'info');
  return 0;
}

/** getopt(3) speaks for itself, without colour; hints have none either. */
function refusalFor(invocation: Invocation, message: string): string {
  const { bad } = message.startsWith('systemctl: ') ? plain : paletteFor(invocation);
  const [first = '', ...hints] = message.split('\n');
  return [bad(first), ...hints].join('\n');
}

/** --root=: as where no manager runs, on the files below. */
async function runElsewhere(call: Call, root: string, run: (call: Call) => Promise<number>): Promise<number> {
  const { services } = call;
  const status = services.files.status(`${root}/`);
  if (typeof status === 'number') {
    const why = services.files.errorText(status);
    return refuse(call, `Failed to initialize unit search paths for root directory ${root}: ${why}`);
  }
  return run({ ...call, services: { ...services, api: undefined, units: () => services.units(root) } });
}

function notElsewhere(verb: string): string {
  return `Verb '${verb}' cannot be used with --root= or --image=.`;
}

async function refuse(call: Call, sentence: string): Promise<number> {
  await complain(call, sentence);
  return 1;
}
