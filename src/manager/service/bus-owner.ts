/** BusName= on the system bus: what its owner means to a service (service_bus_name_owner_change() of systemd's src/core/service.c). */
import type { Draft } from './draft.ts';
import type { ServiceEvent } from './event.ts';
import { enterStartPost } from './starting.ts';
import { enterRunning } from './up.ts';

/** A dbus service is there when its name is, and comes to its end when it has lost it. The bus may be quicker than the keeper, who says that the process runs. */
export function noteOwner(draft: Draft, { owned }: Extract<ServiceEvent, { kind: 'bus-owner' }>): void {
  const { state, settings } = draft;
  const isAwaited = settings.type === 'dbus' && state.sub === 'start' && owned;
  state.busOwner = !owned ? 'none' : isAwaited && state.main.kind === 'asked' ? 'arrived' : 'owned';
  if (isAwaited && state.busOwner === 'owned') enterStartPost(draft);
  else if (settings.type === 'dbus' && state.sub === 'running') enterRunning(draft, 'success');
}
