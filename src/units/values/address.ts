/** IP addresses and prefixes, as inet_pton(3) and systemd's src/basic/in-addr-util.c read them. */
import { parseInteger } from './integer.ts';

export interface IpAddress {
  readonly family: 4 | 6;
  /** 4 of 8 bits, or 8 of 16 bits. */
  readonly parts: readonly number[];
}

export interface IpPrefix {
  readonly address: IpAddress;
  readonly length: number;
}

export function parseIpAddress(text: string): IpAddress | undefined {
  const parts = text.includes(':') ? parseSix(text) : parseFour(text);
  return parts === undefined ? undefined : { family: parts.length === 4 ? 4 : 6, parts };
}

/** `10.0.0.0/8`, `::1`; without a length the address alone. */
export function parseIpPrefix(text: string): IpPrefix | undefined {
  const slash = text.indexOf('/');
  const address = parseIpAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const most = address.family === 4 ? 32 : 128;
  const length = slash < 0 ? most : parseInteger(text.slice(slash + 1), 0, most);
  return length === undefined ? undefined : { address, length };
}

/** As inet_ntop(3): RFC 5952. */
export function formatIpAddress({ family, parts }: IpAddress): string {
  if (family === 4) return parts.join('.');
  const isMapped = parts[5] === 0xffff && parts.slice(0, 5).every((part) => part === 0);
  const isCompatible = parts.slice(0, 6).every((part) => part === 0) && (parts[6] ?? 0) > 0;
  if (isMapped || isCompatible) {
    const [high = 0, low = 0] = parts.slice(6);
    return `::${isMapped ? 'ffff:' : ''}${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  const words = parts.map((part) => part.toString(16));
  const { from, length } = longestZeros(parts);
  if (length < 2) return words.join(':');
  return `${words.slice(0, from).join(':')}::${words.slice(from + length).join(':')}`;
}

export function formatIpPrefix({ address, length }: IpPrefix): string {
  return `${formatIpAddress(address)}/${length}`;
}

function parseFour(text: string): readonly number[] | undefined {
  const words = text.split('.');
  if (words.length !== 4 || !words.every((word) => /^(?:0|[1-9]\d{0,2})$/.test(word))) return undefined;
  const parts = words.map(Number);
  return parts.every((part) => part <= 255) ? parts : undefined;
}

function parseSix(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(parseGroups);
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  if (tail === undefined || head.length + tail.length > 7) return undefined;
  // Only at the end may a part be in the form of the other family.
  if (halves[0]?.includes('.') === true) return undefined;
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function parseGroups(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const words = text.split(':');
  const parts: number[] = [];
  for (const [index, word] of words.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(word)) parts.push(Number.parseInt(word, 16));
    else {
      const [a, b, c, d] = (index === words.length - 1 ? parseFour(word) : undefined) ?? [];
      if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
      parts.push(a * 256 + b, c * 256 + d);
    }
  }
  return parts;
}

function longestZeros(parts: readonly number[]): { readonly from: number; readonly length: number } {
  let best = { from: 0, length: 0 };
  for (let from = 0; from < parts.length; from++) {
    let end = from;
    while (end < parts.length && parts[end] === 0) end++;
    if (end - from > best.length) best = { from, length: end - from };
  }
  return best;
}
