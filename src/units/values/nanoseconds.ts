/** Spans of time in nanoseconds. Source: parse_nsec() in systemd's src/basic/time-util.c. */
import { parseNanoSpan } from './duration.ts';

const second = 1_000_000_000n;
/** setting "infinity" */
export const endless = (1n << 64n) - 1n;

/** `50us`, `1.5ms 20`, `infinity`; a number without a unit is one of nanoseconds. undefined for no span. */
export function parseNanoseconds(text: string): bigint | undefined {
  const span = parseNanoSpan(text);
  return span.ok ? span.usec : undefined;
}

export function formatNanoseconds(span: bigint): string {
  if (span === endless) return 'infinity';
  const [name, factor] = (
    [
      ['s', second],
      ['ms', 1_000_000n],
      ['us', 1000n],
    ] as const
  ).find(([, size]) => span > 0n && span % size === 0n) ?? ['ns', 1n];
  return `${span / factor}${name}`;
}
