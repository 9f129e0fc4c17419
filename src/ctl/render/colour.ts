import type { Invocation } from '../port.ts';

/** The colours of systemctl, by what they say. Without colour every one gives the text back as it is. */
export interface Palette {
  readonly on: boolean;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly blue: (text: string) => string;
  readonly magenta: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  /** `paint`: what colours it besides. */
  readonly underlined: (text: string, paint?: (text: string) => string) => string;
}

const reset = '\u001b[0m';
const underline = '\u001b[0;4m';

export const plain: Palette = {
  on: false,
  good: same,
  bad: same,
  warn: same,
  cyan: same,
  blue: same,
  magenta: same,
  dim: same,
  bold: same,
  underlined: same,
};

export const coloured: Palette = {
  on: true,
  good: painted('0;1;32'),
  bad: painted('0;1;31'),
  warn: painted('0;1;38;5;185'),
  cyan: painted('0;36'),
  blue: painted('0;1;34'),
  magenta: painted('0;1;35'),
  dim: painted('0;38;5;245'),
  bold: painted('0;1;39'),
  underlined: (text, paint) => (paint === undefined ? `${reset}${underline}${text}${reset}` : paint(underline + text)),
};

/** As systemd decides: SYSTEMD_COLORS, then NO_COLOR, TERM=dumb, and whether stdout and stderr are terminals (src/basic/terminal-util.c). */
export function paletteFor(invocation: Pick<Invocation, 'environment' | 'terminal'>): Palette {
  const asked = invocation.environment.get('SYSTEMD_COLORS');
  if (asked !== undefined && asked !== '') return /^(0|no|n|false|f|off)$/i.test(asked) ? plain : coloured;
  if ((invocation.environment.get('NO_COLOR') ?? '') !== '') return plain;
  if ((invocation.environment.get('TERM') ?? 'dumb') === 'dumb') return plain;
  return invocation.terminal.stdout && invocation.terminal.stderr ? coloured : plain;
}

function painted(code: string): (text: string) => string {
  return (text) => (text === '' ? text : `\u001b[${code}m${text}${reset}`);
}

function same(text: string): string {
  return text;
}
