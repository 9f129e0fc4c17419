/**
 * enable, disable, reenable, preset, mask, unmask, link, revert: units/install/ plans, carry-out.ts does and tells. systemd's
 * src/systemctl/systemctl-enable.c.
 */
import type { InstallPlan } from '../../units/install/change.ts';
import type { InstallWorld } from '../../units/install/context.ts';
import { planPreset } from '../../units/install/preset.ts';
import { planRevert } from '../../units/install/revert.ts';
import {
  planDisable,
  planEnable,
  planLinkFiles,
  planMask,
  planReenable,
  planUnmask,
} from '../../units/install/verbs.ts';
import { type Call, complain, noManager } from '../call.ts';
import { carryOut, installWorld } from '../carry-out.ts';
import { plainNames } from '../names.ts';
import { sysvStep } from '../sysv.ts';
import { runJobs } from './unit-job.ts';
import { parseUnitName, type UnitName } from '../../units/name.ts';

interface InstallVerb {
  plan(world: InstallWorld, words: readonly string[], call: Call): InstallPlan;
  /** Units without an [Install] section are explained. */
  readonly explains: boolean;
  /** What --now does to the units. */
  readonly now: 'start' | 'stop' | undefined;
}

const verbs = {
  enable: { plan: (world, words, { options }) => planEnable(world, words, options), explains: true, now: 'start' },
  disable: { plan: (world, words, { options }) => planDisable(world, words, options), explains: false, now: 'stop' },
  reenable: {
    plan: (world, words, { options }) => planReenable(world, words, options),
    explains: true,
    now: undefined,
  },
  preset: {
    plan: (world, words, { options }) => planPreset(world, words, options, options.presetMode),
    explains: false,
    now: undefined,
  },
  mask: { plan: (world, words, { options }) => planMask(world, words, options), explains: false, now: 'stop' },
  unmask: { plan: (world, words, { options }) => planUnmask(world, words, options), explains: false, now: undefined },
  link: { plan: (world, words, { options }) => planLinkFiles(world, words, options), explains: false, now: undefined },
  revert: { plan: (world, words, { options }) => planRevert(world, words, options), explains: false, now: undefined },
} satisfies Record<string, InstallVerb>;

export async function installVerb(call: Call): Promise<number> {
  const { services, options, invocation } = call;
  const verb = call.verb as keyof typeof verbs;
  const rules: InstallVerb = verbs[verb];
  const mangled = plainNames(call, call.words, `to ${verb}`);
  if (!mangled.ok) return refuse(call, mangled.message);
  if (!invocation.again) for (const note of mangled.notes) await complain(call, note, 'notice');
  let { words } = mangled;
  const { api } = services;
  // Asked again: the links are made, only the jobs of --now are still waited for.
  const isDone = invocation.again && api?.jobsOf(invocation.id) !== undefined;
  if (!isDone && (verb === 'enable' || verb === 'disable')) {
    const step = await sysvStep(call, verb, words);
    if (step.kind !== 'go-on') return 1;
    ({ words } = step);
    if (words.length === 0) {
      if (options.reload) await api?.reload();
      return 0;
    }
  }
  if (verb === 'disable') words = await namesOnly(call, words);
  if (verb === 'link') {
    const problem = refuseNames(call, words);
    if (problem !== undefined) return refuse(call, problem);
  }
  if (!isDone) {
    if ((verb === 'mask' || verb === 'unmask') && !(await noteNewNames(call, words))) return 1;
    const plan = rules.plan(installWorld(call), words, call);
    const result = await carryOut(call, { alone: verb, managed: `${verb} unit` }, plan);
    if (result < 0) return 1;
    if (result === 0 && rules.explains && !options.quiet && options.warn) await complain(call, noInstall, 'notice');
  }
  if (!options.now || rules.now === undefined) return 0;
  if (api === undefined) return refuse(call, noManager(call));
  return runJobs({ ...call, api }, rules.now, words.map(nameOf));
}

/** `disable` knows names only. */
async function namesOnly(call: Call, words: readonly string[]): Promise<readonly string[]> {
  if (!words.some((word) => word.includes('/'))) return words;
  const warning = "Warning: Can't execute disable on the unit file path. Proceeding with the unit name.";
  await complain(call, warning, 'warning');
  return words.map(nameOf);
}

/** The word's last part. */
function nameOf(word: string): UnitName {
  return word.slice(word.lastIndexOf('/') + 1) as UnitName;
}

/** `link` wants paths: what is wrong with the words. */
function refuseNames({ options }: Call, words: readonly string[]): string | undefined {
  for (const word of words) {
    if (word.startsWith('/')) continue;
    if (options.root !== undefined) return `Non-absolute paths are not allowed when --root is used: ${word}`;
    return `Link argument must contain at least one directory separator.\nIf you intended to link a file in the current directory, try ./${word} instead.`;
  }
  return undefined;
}

/** A mask may be there before its unit. Said even with --quiet. False: a word is no name, which was told. */
async function noteNewNames(call: Call, words: readonly string[]): Promise<boolean> {
  const { api } = call.services;
  if (api === undefined) return true;
  for (const word of words) {
    const name = parseUnitName(word);
    if (name === undefined) {
      await complain(
        call,
        `Failed to get properties: Unit name ${word} is neither a valid invocation ID nor unit name.`,
      );
      return false;
    }
    if (call.services.units().load(name).load === 'not-found' && api.view(name).active === 'inactive')
      await call.client.stderr(`Unit ${name} does not exist, proceeding anyway.\n`);
  }
  return true;
}

/** systemctl's text for a unit without an [Install] section, which packages' scripts know. */
const noInstall = `The unit files have no installation config (WantedBy=, RequiredBy=, Also=,
Alias= settings in the [Install] section, and DefaultInstance= for template
units). This means they are not meant to be enabled using systemctl.
 
Possible reasons for having this kind of units are:
• A unit may be statically enabled by being symlinked from another unit's
  .wants/ or .requires/ directory.
• A unit's purpose may be to act as a helper for some other unit which has
  a requirement dependency on it.
• A unit may be started when needed via activation (socket, path, timer,
  D-Bus, udev, scripted systemctl call, ...).
• In case of template units, the unit is meant to be enabled with some
  instance name specified.`;

async function refuse(call: Call, sentence: string): Promise<number> {
  await complain(call, sentence);
  return 1;
}
