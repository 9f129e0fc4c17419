/**
 * What enable, disable and is-enabled do first: a name without a unit file may be that of a script in /etc/init.d. systemd's
 * src/systemctl/systemctl-sysv-compat.c.
 */
import { InstallContext, type InstallWorld, onlyFind } from '../units/install/context.ts';
import { PlanDraft } from '../units/install/change.ts';
import { errno } from '../units/install/errno.ts';
import { parseUnitName } from '../units/name.ts';
import { type Call, complain } from './call.ts';
import { explainer, installWorld } from './carry-out.ts';

/** False: a name cannot be looked up, which was told. */
export async function lookUpNames(call: Call, words: readonly string[]): Promise<boolean> {
  const world = withoutGenerated(installWorld(call));
  for (const word of words) {
    const name = word.endsWith('.service') ? parseUnitName(word) : undefined;
    if (name === undefined) continue;
    const plan = new PlanDraft();
    const found = new InstallContext(world, plan).discoverQuietly(name, onlyFind);
    for (const { text, level } of plan.remarks) await complain(call, text, level);
    if (typeof found !== 'number' || harmless.has(-found)) continue;
    await complain(call, `Failed to look up unit file state: ${explainer(call)(-found)}`);
    return false;
  }
  return true;
}

const harmless: ReadonlySet<number> = new Set([errno.ENOENT, errno.ELOOP, errno.ERFKILL, errno.EADDRNOTAVAIL]);

function withoutGenerated(world: InstallWorld): InstallWorld {
  return { ...world, searchPath: world.searchPath.filter((path) => !path.startsWith('/run/systemd/generator')) };
}
