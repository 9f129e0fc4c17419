import { unitFileState, type UnitFileState } from '../../units/install-state.ts';
import { type Call, complain } from '../call.ts';
import { plainNames } from '../names.ts';

/** is-enabled: 0 when any is enabled, or needs no enabling; else 1. */
export async function isEnabled(call: Call): Promise<number> {
  const found = plainNames(call, call.words, 'check');
  if (!found.ok) {
    await complain(call, found.message);
    return 1;
  }
  for (const note of found.notes) await complain(call, note, 'notice');
  const units = call.services.units();
  let status = 1;
  for (const name of found.names) {
    const state = unitFileState(units, name);
    if (state === undefined) {
      await complain(call, `Failed to get unit file state for ${name}: No such file or directory`);
      return 1;
    }
    if (state === 'bad') {
      for (const { file, line, message } of units.load(name).diagnostics) {
        if (call.services.api === undefined) await complain(call, `${units.options.root}${file}:${line}: ${message}`);
      }
      await complain(call, `Failed to get unit file state for ${name}: Bad message`);
      return 1;
    }
    if (good.has(state)) status = 0;
    if (!call.options.quiet) await call.client.stdout(`${state}\n`);
  }
  return status;
}

/** man systemctl, "is-enabled", table 1. */
const good: ReadonlySet<UnitFileState> = new Set<UnitFileState>([
  'enabled',
  'enabled-runtime',
  'alias',
  'static',
  'indirect',
  'generated',
]);
