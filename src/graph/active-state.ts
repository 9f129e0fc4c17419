/** ActiveState= words of systemd (src/basic/unit-def.c) and the groups that its rules are told in. */
export type ActiveState =
  'inactive' | 'activating' | 'active' | 'reloading' | 'deactivating' | 'failed' | 'maintenance';

/** active or reloading: what After= and Requires= wait for. */
export function isUp(state: ActiveState): boolean {
  return state === 'active' || state === 'reloading';
}

/** active, reloading or on the way there. */
export function isUpOrComing(state: ActiveState): boolean {
  return state === 'active' || state === 'reloading' || state === 'activating';
}

/** inactive or failed: a stop has nothing to do. */
export function isDown(state: ActiveState): boolean {
  return state === 'inactive' || state === 'failed';
}

/** inactive, failed or on the way there. */
export function isDownOrGoing(state: ActiveState): boolean {
  return state === 'inactive' || state === 'failed' || state === 'deactivating';
}
