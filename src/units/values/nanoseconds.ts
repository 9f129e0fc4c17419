/** Spans of time in nanoseconds. Source: parse_nsec() in systemd's src/basic/time-util.c. */
const second = 1_000_000_000n;
const units: readonly (readonly [names: string, factor: bigint])[] = [
  ['seconds second sec s', second],
  ['minutes minute min m', 60n * second],
  ['months month M', 2_629_800n * second],
  ['msec ms', 1_000_000n],
  ['hours hour hr h', 3600n * second],
  ['days day d', 86_400n * second],
  ['weeks week w', 604_800n * second],
  ['years year y', 31_557_600n * second],
  ['usec us µs μs', 1000n],
  ['nsec ns', 1n],
];
const part = /[ \t\r\n]*\+?(\d+)(?:\.(\d+))?[ \t\r\n]*([A-Za-zµμ]*)/y;

/** setting "infinity" */
export const endless = (1n << 64n) - 1n;

/** `50us`, `1.5ms 20`, `infinity`; a number without a unit is one of nanoseconds. undefined for no span. */
export function parseNanoseconds(text: string): bigint | undefined {
  const trimmed = text.trim();
  if (trimmed === 'infinity') return endless;
  if (trimmed === '') return undefined;
  let total = 0n;
  for (let position = 0; position < trimmed.length; position = part.lastIndex) {
    part.lastIndex = position;
    const match = part.exec(trimmed);
    if (match === null) return undefined;
    const [all, whole = '', decimals = '', unit = ''] = match;
    // Without a unit it ends at a blank.
    if (unit === '' && /\d$/.test(all) && part.lastIndex < trimmed.length) return undefined;
    const factor = unit === '' ? 1n : units.find(([names]) => names.split(' ').includes(unit))?.[1];
    if (factor === undefined || whole.length > 19 || BigInt(whole) >= 1n << 63n) return undefined;
    const fraction = decimals.slice(0, 18);
    total += BigInt(whole) * factor;
    if (fraction !== '') total += (BigInt(fraction) * factor) / 10n ** BigInt(fraction.length);
  }
  return total < endless ? total : undefined;
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
