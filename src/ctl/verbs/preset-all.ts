/** preset-all: systemd's src/systemctl/systemctl-preset-all.c. */
import { planPresetAll } from '../../units/install/preset.ts';
import type { Call } from '../call.ts';
import { carryOut, installWorld } from '../carry-out.ts';

export async function presetAll(call: Call): Promise<number> {
  const plan = planPresetAll(installWorld(call), call.options, call.options.presetMode);
  return (await carryOut(call, { alone: 'preset', managed: 'preset all units' }, plan)) < 0 ? 1 : 0;
}
