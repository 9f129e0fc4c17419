/**
 * Whole numbers as systemd's safe_atoi() and its like read them (src/basic/parse-util.c): a sign, then decimal, 0x…, 0b…, 0o…, or octal
 * after a 0. Blanks before it are the caller's to strip.
 */
const form = /^([+-]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9]\d*))$/;

/** undefined for no number; `least` and `most` are in the range. */
export function parseInteger(text: string, least: number, most: number): number | undefined {
  // Most are short and plain.
  const number = /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : Number(parseWhole(text) ?? NaN);
  return number >= least && number <= most ? number : undefined;
}

/** Of any size, exactly. */
export function parseWhole(text: string): bigint | undefined {
  if (text.length > 80) return undefined;
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, sign, hex, binary, octal, decimal = '0'] = match;
  const digits =
    hex !== undefined
      ? `0x${hex}`
      : binary !== undefined
        ? `0b${binary}`
        : octal !== undefined
          ? `0o${octal}`
          : decimal;
  const size = BigInt(digits);
  return sign === '-' ? -size : size;
}

const beyond = 1n << 64n;

/** 0 to 2^64-1. */
export function parseUnsigned64(text: string): bigint | undefined {
  const number = parseWhole(text);
  return number !== undefined && number >= 0n && number < beyond ? number : undefined;
}
