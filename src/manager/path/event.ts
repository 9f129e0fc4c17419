/** All that can happen to a path unit. */
import type { CommonEvent } from '../own-types.ts';
import type { PathSight } from './state.ts';

export type PathEvent =
  | CommonEvent
  /** The answer to `watch`: each of the watched paths as it is now. */
  | { readonly kind: 'looked'; readonly why: LookReason; readonly sights: readonly Sight[] }
  /** They cannot be watched. */
  | { readonly kind: 'watch-failed'; readonly why: string }
  /** Something happened at a watched path: to it itself, or on the way there. `place`: in the settings' list. */
  | { readonly kind: 'changed'; readonly place: number; readonly itself: boolean };

/** Why it looks: it was started, a change on the way, its unit came up or went down, or a manager came or read the settings anew. */
export type LookReason = 'start' | 'change' | 'unit' | 'resume';

export interface Sight extends PathSight {
  /** For kinds that are about what is there: what was found. */
  readonly found: string | undefined;
}
