/** All that can happen to a socket. */
import type { UnitResult, CommonEvent, KeeperEvent } from '../own-types.ts';

export type SocketEvent =
  | CommonEvent
  | KeeperEvent
  /** Everything is open, and belongs to whom it is to. */
  | { readonly kind: 'opened' }
  | { readonly kind: 'open-failed'; readonly result: UnitResult; readonly why: string }
  /** Something has come to line `number`, or (not readable) it has ended. */
  | { readonly kind: 'incoming'; readonly number: number; readonly readable: boolean }
  /** It was taken and is held as `number`: who came, in the host's words. */
  | { readonly kind: 'connection'; readonly number: number; readonly who: string }
  /** Nobody was there any more. */
  | { readonly kind: 'no-connection' }
  | { readonly kind: 'accept-failed'; readonly why: string }
  | { readonly kind: 'watch-failed'; readonly why: string }
  /** init has no room for what was opened, or accepted. */
  | { readonly kind: 'hold-failed'; readonly number: number; readonly why: string };
