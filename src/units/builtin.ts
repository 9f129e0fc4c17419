/** Unit files compiled in: what is looked for after all directories. */
export const builtinDirectory = 'builtin:';
export function builtinUnit(_name: string): string | undefined {
  return undefined;
}
export function builtinNames(): readonly string[] {
  return [];
}
