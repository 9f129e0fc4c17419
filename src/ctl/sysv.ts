/**
 * What enable, disable and is-enabled do first: a name without a unit file may be that of a script in /etc/init.d, and is the
 * distribution's to enable. systemd's src/systemctl/systemctl-sysv-compat.c.
 */
import { PlanDraft } from '../units/install/change.ts';
import { InstallContext, type InstallWorld, onlyFind } from '../units/install/context.ts';
import { errno } from '../units/install/errno.ts';
import { parseUnitName, stemOf, type UnitName } from '../units/name.ts';
import { type Call, complain, say } from './call.ts';
import { explainer, installWorld } from './carry-out.ts';

type SysvVerb = 'enable' | 'disable' | 'is-enabled';

/** What is to be done with the words now. */
export type SysvStep =
  /** `words`: those that are left for unit files. `enabled`: a script is. */
  | { readonly kind: 'go-on'; readonly words: readonly string[]; readonly enabled: boolean }
  /** The client has an errand, and asks again. */
  | { readonly kind: 'errand' }
  /** It was told. */
  | { readonly kind: 'failed' };

/** systemd's own hook, which Debian's package `systemd` brings. */
const hook = '/lib/systemd/systemd-sysv-install';
/** What that hook does on Debian, for images without it. */
const withoutHook =
  '_SKIP_SYSTEMD_NATIVE=1; export _SKIP_SYSTEMD_NATIVE; /usr/sbin/update-rc.d "$1" defaults && exec /usr/sbin/update-rc.d "$1" "$2"';

/** Each script is one errand of the client: the cursor has the statuses of those that were done. */
export async function sysvStep(call: Call, verb: SysvVerb, words: readonly string[]): Promise<SysvStep> {
  const { client, invocation, options } = call;
  const world = withoutGenerated(installWorld(call));
  const done = statusesIn(invocation.cursor);
  const left: string[] = [];
  let enabled = false;
  let scripts = 0;
  for (const word of words) {
    const name = word.endsWith('.service') ? parseUnitName(word) : undefined;
    const isNative = name === undefined || (await lookUp(call, world, name, scripts >= done.length));
    if (isNative === undefined) return { kind: 'failed' };
    if (name === undefined || (isNative && verb === 'is-enabled') || !hasScript(call, world, name)) {
      left.push(word);
      continue;
    }
    let status = done[scripts];
    const isNew = scripts >= done.length - 1;
    scripts++;
    if (status === undefined) {
      const program = programFor(call, verb, world, name);
      if (!options.quiet) await announce(call, name, isNative, program);
      if (program !== undefined) {
        client.errand({ program: program.words, input: '', cursor: ['sysv', ...done].join(' ') });
        return { kind: 'errand' };
      }
      status = linkedStatus(call, world, name);
    }
    if (verb === 'is-enabled') {
      enabled ||= status === 0;
      if (isNew && !options.quiet) await say(call, status === 0 ? 'enabled' : 'disabled');
    } else if (status !== 0) return { kind: 'failed' };
    if (isNative) left.push(word);
  }
  return { kind: 'go-on', words: left, enabled };
}

/** Of an earlier answer: the statuses of the errands so far. */
function statusesIn(cursor: string): readonly number[] {
  const match = /^sysv((?: \d+)*)\n(\d+)$/.exec(cursor);
  if (match === null) return [];
  return [...(match[1] ?? '').split(' ').slice(1), match[2] ?? ''].map(Number);
}

/** Whether there is a unit file of the name; undefined when it cannot be looked up, which was told. `isFirst`: what is noticed meanwhile was not told yet. */
async function lookUp(call: Call, world: InstallWorld, name: UnitName, isFirst: boolean): Promise<boolean | undefined> {
  const plan = new PlanDraft();
  const found = new InstallContext(world, plan).discoverQuietly(name, onlyFind);
  if (isFirst) for (const { text, level } of plan.remarks) await complain(call, text, level);
  if (typeof found !== 'number' || harmless.has(-found)) return found !== -errno.ENOENT;
  await complain(call, `Failed to look up unit file state: ${explainer(call)(-found)}`);
  return undefined;
}

const harmless: ReadonlySet<number> = new Set([errno.ENOENT, errno.ELOOP, errno.ERFKILL, errno.EADDRNOTAVAIL]);

function withoutGenerated(world: InstallWorld): InstallWorld {
  return { ...world, searchPath: world.searchPath.filter((path) => !path.startsWith('/run/systemd/generator')) };
}

function hasScript({ services }: Call, { tree }: InstallWorld, name: UnitName): boolean {
  return typeof services.files.status(`${tree.root}/etc/init.d/${stemOf(name)}`) !== 'number';
}

interface SysvProgram {
  readonly words: readonly string[];
  readonly shown: string;
}

/** What enables a script here. undefined: nothing needs to be run to know. */
function programFor(call: Call, verb: SysvVerb, { tree }: InstallWorld, name: UnitName): SysvProgram | undefined {
  const script = stemOf(name);
  const root = tree.root === '' ? [] : [`--root=${tree.root}`];
  if (typeof call.services.files.status(hook) !== 'number') {
    const words = [hook, ...root, verb, script];
    return { words, shown: words.join(' ') };
  }
  if (verb === 'is-enabled') return undefined;
  const shell = ['/bin/sh', '-c', withoutHook, 'sh', script, verb];
  return { words: tree.root === '' ? shell : ['chroot', tree.root, ...shell], shown: `update-rc.d ${script} ${verb}` };
}

async function announce(
  call: Call,
  name: UnitName,
  isNative: boolean,
  program: SysvProgram | undefined,
): Promise<void> {
  const first = isNative
    ? `Synchronizing state of ${name} with SysV service script with ${hook}.`
    : `${name} is not a native service, redirecting to systemd-sysv-install.`;
  await complain(call, first, 'info');
  if (program !== undefined) await complain(call, `Executing: ${program.shown}`, 'info');
}

/** As that of the hook's is-enabled: 0 with a link that starts the script. */
function linkedStatus({ services }: Call, { tree }: InstallWorld, name: UnitName): number {
  const script = stemOf(name);
  const isStarted = ['S', '5'].some((level) => {
    const entries = services.files.readDirectory(`${tree.root}/etc/rc${level}.d`);
    if (typeof entries === 'number') return false;
    return entries.some((entry) => /^S\d\d/.test(entry.name) && entry.name.slice(3) === script);
  });
  return isStarted ? 0 : 1;
}
