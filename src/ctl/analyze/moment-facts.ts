import { formatRelative, formatTimestamp } from '../../units/values/timestamp.ts';
import type { Fact } from '../render/facts.ts';
import type { AnalyzeCall } from './call.ts';

/** A moment (usec) under a name, in UTC too where clocks here show something else, with `between`, and how far it is. */
export function momentFacts(
  call: AnalyzeCall,
  name: string,
  usec: number | bigint,
  between: readonly Fact[] = [],
): Fact[] {
  const { face } = call.services;
  const { local } = face.zones;
  return [
    [name, formatTimestamp(usec, local) ?? '-', call.palette.blue],
    ...(local.isUtc ? [] : [['(in UTC):', formatTimestamp(usec, local, 'utc') ?? '-'] as const]),
    ...between,
    ['From now:', formatRelative(usec, face.clock().realtime) ?? '-'],
  ];
}
