/** Moments and spans as the faces show them: units/values/timestamp.ts in the client's zone. */
import { formatAgo, formatTimestamp, type TimestampStyle } from '../../units/values/timestamp.ts';
import type { FacePort } from '../port.ts';

/** `Mon 2026-11-23 23:49:02 UTC`; '' for 0, which is never. realtime: usec. */
export function timestamp(face: Pick<FacePort, 'zones'>, realtime: number, style: TimestampStyle = 'pretty'): string {
  return formatTimestamp(realtime, face.zones.local, style) ?? '';
}

/** `3s ago`, `2min 5s left`; span: usec, past is positive. */
export function ago(span: number): string {
  return formatAgo(span);
}
