/** Octal permission bits up to 07777; undefined for none. Source: parse_mode() in systemd's src/basic/parse-util.c. */
export function parseMode(text: string): number | undefined {
  if (!/^[0-7]{1,12}$/.test(text)) return undefined;
  const mode = Number.parseInt(text, 8);
  return mode <= 0o7777 ? mode : undefined;
}

export function formatMode(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
