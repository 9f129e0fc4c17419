/** Moments and spans as properties. */
import type { Stamp } from '../../manager/api.ts';
import { formatDuration } from '../../units/values/duration.ts';
import type { ManagedCall } from '../call.ts';
import { type Property, property } from './property.ts';
import { timestamp } from './time.ts';

export function span(value: number): string {
  return formatDuration(value);
}

/** The moment by both clocks. */
export function stamps(call: ManagedCall, name: string, stamp: Stamp | undefined): readonly Property[] {
  const { face } = call.services;
  return [
    property(name, () => timestamp(face, stamp?.realtime ?? 0, call.options.timestampStyle)),
    property(`${name}Monotonic`, () => String(stamp?.monotonic ?? 0)),
  ];
}
