/** One property of `show`: its name and how its value is written. */
import { shellWord } from './shell-word.ts';

/** A list of values is printed as so many lines. Worked out when it is to be printed. */
export interface Property {
  readonly name: string;
  readonly value: () => string | readonly string[];
}

export function property(name: string, value: Property['value']): Property {
  return { name, value };
}

export function constant(name: string, value: string): Property {
  return { name, value: () => value };
}

export function yes(value: boolean): string {
  return value ? 'yes' : 'no';
}

/** Words as a shell would read them. */
export function list(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
