/**
 * Arguments as getopt_long(3) with permutation reads them: options anywhere, `--` ends them, long options may be shortened
 * while they stay unique, short ones may be joined. Every tool brings a closed table. `words-end-it`: what follows the first word is another program's.
 */

/** How an option takes its value: never, always (`-n 5`, `-n5`, `--lines=5`, `--lines 5`), or only joined to it (`--root=x`, `-n5`). */
export type ValueUse = 'none' | 'required' | 'optional';

export interface OptionShape<Name extends string> {
  readonly name: Name;
  /** Long spellings without dashes, the first is the one in messages. */
  readonly long: readonly string[];
  /** One letter, or '' */
  readonly short: string;
  readonly value: ValueUse;
}

export interface ParsedOption<Name extends string> {
  readonly name: Name;
  /** undefined: none was given. */
  readonly value: string | undefined;
}

export type ParsedArguments<Name extends string> =
  | { readonly ok: true; readonly options: readonly ParsedOption<Name>[]; readonly words: readonly string[] }
  /** getopt's own sentence, "PROGRAM: unrecognized option '--frob'". */
  | { readonly ok: false; readonly message: string };

export function parseArguments<Name extends string>(
  program: string,
  table: readonly OptionShape<Name>[],
  given: readonly string[],
  order: 'permute' | 'words-end-it' = 'permute',
): ParsedArguments<Name> {
  const options: ParsedOption<Name>[] = [];
  const words: string[] = [];
  for (let i = 0; i < given.length; i++) {
    const argument = given[i] as string;
    if (argument === '--') {
      words.push(...given.slice(i + 1));
      break;
    }
    if (!argument.startsWith('-') || argument === '-') {
      if (order === 'words-end-it') {
        words.push(...given.slice(i));
        break;
      }
      words.push(argument);
      continue;
    }
    const taken = argument.startsWith('--')
      ? takeLong(program, table, argument, given[i + 1])
      : takeShort(program, table, argument, given[i + 1]);
    if (!taken.ok) return taken;
    options.push(...taken.options);
    if (taken.usedNext) i++;
  }
  return { ok: true, options, words };
}

type Taken<Name extends string> =
  | { readonly ok: true; readonly options: readonly ParsedOption<Name>[]; readonly usedNext: boolean }
  | { readonly ok: false; readonly message: string };

function takeLong<Name extends string>(
  program: string,
  table: readonly OptionShape<Name>[],
  argument: string,
  next: string | undefined,
): Taken<Name> {
  const equals = argument.indexOf('=');
  const spelled = argument.slice(2, equals < 0 ? undefined : equals);
  const joined = equals < 0 ? undefined : argument.slice(equals + 1);
  const shapes = longMatches(table, spelled);
  const [shape] = shapes;
  if (shape === undefined) return refuse(program, `unrecognized option '--${spelled}'`);
  if (shapes.length > 1) {
    const possibilities = shapes.flatMap((one) =>
      one.long.filter((long) => long.startsWith(spelled)).map((long) => ` '--${long}'`),
    );
    return refuse(program, `option '--${spelled}' is ambiguous; possibilities:${possibilities.join('')}`);
  }
  const long = shape.long.find((one) => one.startsWith(spelled)) ?? spelled;
  if (shape.value === 'none' && joined !== undefined)
    return refuse(program, `option '--${long}' doesn't allow an argument`);
  if (shape.value !== 'required' || joined !== undefined)
    return { ok: true, options: [{ name: shape.name, value: joined }], usedNext: false };
  if (next === undefined) return refuse(program, `option '--${long}' requires an argument`);
  return { ok: true, options: [{ name: shape.name, value: next }], usedNext: true };
}

function takeShort<Name extends string>(
  program: string,
  table: readonly OptionShape<Name>[],
  argument: string,
  next: string | undefined,
): Taken<Name> {
  const options: ParsedOption<Name>[] = [];
  for (let at = 1; at < argument.length; at++) {
    const letter = argument[at] as string;
    const shape = table.find((one) => one.short === letter);
    if (shape === undefined) return refuse(program, `invalid option -- '${letter}'`);
    if (shape.value === 'none') {
      options.push({ name: shape.name, value: undefined });
      continue;
    }
    const rest = argument.slice(at + 1);
    if (rest !== '' || shape.value === 'optional') {
      options.push({ name: shape.name, value: rest === '' ? undefined : rest });
      return { ok: true, options, usedNext: false };
    }
    if (next === undefined) return refuse(program, `option requires an argument -- '${letter}'`);
    options.push({ name: shape.name, value: next });
    return { ok: true, options, usedNext: true };
  }
  return { ok: true, options, usedNext: false };
}

/** The exact spelling, else all shapes that the spelling begins. */
function longMatches<Name extends string>(table: readonly OptionShape<Name>[], spelled: string): OptionShape<Name>[] {
  const exact = table.find((shape) => shape.long.includes(spelled));
  return exact === undefined ? table.filter((shape) => shape.long.some((long) => long.startsWith(spelled))) : [exact];
}

function refuse(program: string, message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message: `${program}: ${message}` };
}
