import type { Limit } from '../exec-model.ts';
import { parseSpan } from './duration.ts';
import { parseInteger, parseUnsigned64 } from './integer.ts';
import { parseSize } from './size.ts';

/** setrlimit(2)'s RLIM_INFINITY. */
export const limitInfinity = (1n << 64n) - 1n;

/** Kernel numbers, the same on amd64 and arm64, and what a value counts. */
export const limitResources = {
  LimitCPU: { resource: 0, counts: 'seconds' },
  LimitFSIZE: { resource: 1, counts: 'bytes' },
  LimitDATA: { resource: 2, counts: 'bytes' },
  LimitSTACK: { resource: 3, counts: 'bytes' },
  LimitCORE: { resource: 4, counts: 'bytes' },
  LimitRSS: { resource: 5, counts: 'bytes' },
  LimitNPROC: { resource: 6, counts: 'number' },
  LimitNOFILE: { resource: 7, counts: 'number' },
  LimitMEMLOCK: { resource: 8, counts: 'bytes' },
  LimitAS: { resource: 9, counts: 'bytes' },
  LimitLOCKS: { resource: 10, counts: 'number' },
  LimitSIGPENDING: { resource: 11, counts: 'number' },
  LimitMSGQUEUE: { resource: 12, counts: 'bytes' },
  LimitNICE: { resource: 13, counts: 'nice' },
  LimitRTPRIO: { resource: 14, counts: 'number' },
  LimitRTTIME: { resource: 15, counts: 'microseconds' },
} as const satisfies Record<string, { readonly resource: number; readonly counts: LimitCounts }>;

export type LimitCounts = 'seconds' | 'microseconds' | 'bytes' | 'number' | 'nice';

/** `1024`, `1024:524288`, `infinity`, `64M`; undefined when it is none, or soft is above hard. Source: rlimit_parse() in systemd's src/basic/rlimit-util.c. */
export function parseLimit(text: string, counts: LimitCounts): Limit | undefined {
  const colon = text.indexOf(':');
  const soft = parseOne(colon < 0 ? text : text.slice(0, colon), counts);
  const hard = colon < 0 ? soft : parseOne(text.slice(colon + 1), counts);
  return soft === undefined || hard === undefined || soft > hard ? undefined : { soft, hard };
}

/** `soft:hard`, or one number for both, in the unit that the resource counts; niceness as the kernel counts it. */
export function formatLimit({ soft, hard }: Limit): string {
  return soft === hard ? formatLimitValue(hard) : `${formatLimitValue(soft)}:${formatLimitValue(hard)}`;
}

/** One of the two, as `show` has it. */
export function formatLimitValue(value: bigint): string {
  return value === limitInfinity ? 'infinity' : String(value);
}

function parseOne(text: string, counts: LimitCounts): bigint | undefined {
  if (text === 'infinity') return counts === 'nice' ? undefined : limitInfinity;
  switch (counts) {
    case 'bytes':
      return finite(parseSize(text));
    case 'number':
      return finite(parseUnsigned64(text));
    case 'seconds':
    case 'microseconds':
      return parseTime(text, counts);
    case 'nice':
      return parseNice(text);
  }
}

function finite(value: bigint | undefined): bigint | undefined {
  return value === limitInfinity ? undefined : value;
}

function parseTime(text: string, counts: 'seconds' | 'microseconds'): bigint | undefined {
  const span = parseSpan(text, counts === 'seconds' ? 1_000_000 : 1);
  if (!span.ok) return undefined;
  if (span.usec === limitInfinity) return limitInfinity;
  return counts === 'seconds' ? (span.usec + 999_999n) / 1_000_000n : span.usec;
}

/** `+5` and `-5` are nice levels, a bare number is the kernel's 20 - nice. */
function parseNice(text: string): bigint | undefined {
  const sign = text.charAt(0);
  if (sign === '+' || sign === '-') {
    const nice = parseInteger(text.slice(1), 0, sign === '+' ? 19 : 20);
    return nice === undefined ? undefined : BigInt(sign === '+' ? 20 - nice : 20 + nice);
  }
  const level = parseInteger(text, 0, 40);
  return level === undefined ? undefined : BigInt(level);
}
