/** BusName= on the system bus: what its owner means to a service (service_bus_name_owner_change() of systemd's src/core/service.c). */
import type { Draft } from './draft.ts';
import type { ServiceEvent } from './event.ts';
import { enterStartPost } from './starting.ts';
import { enterRunning } from './up.ts';

type OwnerEvent = Extract<ServiceEvent, { kind: 'bus-owner' }>;

export function noteOwner(draft: Draft, { owned }: OwnerEvent): void {
  draft.state.busOwner = owned ? 'owned' : 'none';
}

/** A dbus service is there when its name is; the bus may be quicker to say so than the keeper that the process runs. */
export function ownerInStart(draft: Draft, event: OwnerEvent): void {
  noteOwner(draft, event);
  if (draft.settings.type !== 'dbus' || !event.owned) return;
  if (draft.state.main.kind === 'asked') draft.state.busOwner = 'arrived';
  else enterStartPost(draft);
}

/** A dbus service that has lost its name has come to its end. */
export function ownerWhileUp(draft: Draft, event: OwnerEvent): void {
  noteOwner(draft, event);
  if (draft.settings.type === 'dbus') enterRunning(draft, 'success');
}
