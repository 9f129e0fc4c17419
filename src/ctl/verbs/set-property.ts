/** set-property is in the part of systemd-run, which writes settings in the same words. */
import type { ManagedCall } from '../call.ts';
import type * as RunPart from '../run.ts';

export function setProperty(call: ManagedCall): Promise<number> {
  return (call.services.load('ctl/run.ts') as typeof RunPart).setProperty(call);
}
