/** What a path unit wants done in the world beside starting its unit. */
import type { LookReason } from './event.ts';

export type PathEffect =
  /** MakeDirectory= */
  | { readonly kind: 'make-directories' }
  /** Watch all the paths anew, and then look at them; answered with `looked` or `watch-failed`. */
  | { readonly kind: 'watch'; readonly why: LookReason }
  | { readonly kind: 'unwatch' };
