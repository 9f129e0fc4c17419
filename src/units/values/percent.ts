/** Parts of a whole in 1/10000: `12.34%`, `123.4‰`, `1234‱`. Source: systemd's src/basic/percent-util.c. */
import { parseInteger } from './integer.ts';

const forms: readonly (readonly [suffix: string, decimals: number])[] = [
  ['%', 2],
  ['‰', 1],
  ['‱', 0],
];

/** undefined for none. More than the whole (10000) is one too: CPUQuota=150%. */
export function parsePermyriad(text: string): number | undefined {
  for (const [suffix, decimals] of forms) {
    if (!text.endsWith(suffix)) continue;
    const [whole = '', ...fraction] = text.slice(0, -1).split('.');
    const digits = fraction.join('.');
    if (fraction.length > 0 && (digits.length > decimals || !/^\d+$/.test(digits))) return undefined;
    const number = parseInteger(whole, 0, 2 ** 31 - 1);
    if (number === undefined) return undefined;
    const permyriad = number * 10 ** decimals + Number(digits.padEnd(decimals, '0'));
    return permyriad < 2 ** 31 ? permyriad : undefined;
  }
  return undefined;
}

export function formatPermyriad(parts: number): string {
  const fraction = String(parts % 100).padStart(2, '0');
  return `${Math.floor(parts / 100)}${fraction === '00' ? '' : `.${fraction.replace(/0$/, '')}`}%`;
}
