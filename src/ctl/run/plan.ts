/**
 * From the options of systemd-run to the unit files that stand for them, as systemd writes them: the order is that of
 * transient_*_set_properties() in systemd's src/run/run.c.
 */
import { findDirective, type Section } from '../../units/directives.ts';
import type { UnitType } from '../../units/model.ts';
import { type UnitName, unitType } from '../../units/name.ts';
import { formatCommandLine } from '../../units/syntax/command-line-format.ts';
import { formatEnvironment, formatFragment } from '../../units/syntax/fragment-format.ts';
import { escapeSpecifiers } from '../../units/syntax/specifiers.ts';
import { absolutePath } from '../../units/values/path.ts';
import type { RunOptions } from './options.ts';

/** One assignment of a file, and the words of the command line that it comes from. */
export interface PlannedLine {
  readonly section: Section;
  readonly key: string;
  readonly value: string;
  /** `NAME=VALUE` of --property=; undefined: it stands for an option of its own. */
  readonly given?: string;
}

/** What the command line leaves open. */
export interface RunFacts {
  /** The command with its path, and its words. */
  readonly command: { readonly path: string; readonly argv: readonly string[] };
  /** The caller's. */
  readonly directory: string;
  /** Every NAME has its value. */
  readonly environment: readonly string[];
  readonly slice: UnitName | undefined;
  /** Path of the pseudo terminal. */
  readonly terminal: string | undefined;
}

export type Planned<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** The service that runs the command. */
export function planService(options: RunOptions, facts: RunFacts): Planned<readonly PlannedLine[]> {
  const { flags, texts } = options;
  const isShell = flags.has('shell');
  return plan('service', options.lists.get('property'), head(options, facts), [
    ['Slice', facts.slice],
    ['SendSIGHUP', flags.has('send-sighup') ? 'yes' : undefined],
    ['RemainAfterExit', flags.has('remain-after-exit') ? 'yes' : undefined],
    ['Type', texts.get('service-type') ?? (isShell ? 'exec' : undefined)],
    ['User', escaped(texts.get('uid'))],
    ['Group', escaped(texts.get('gid'))],
    ['Nice', texts.get('nice')],
    ['WorkingDirectory', escaped(directoryOf(options, facts))],
    ['TTYPath', facts.terminal],
    ['Environment', facts.environment.length > 0 ? formatEnvironment(facts.environment) : undefined],
    [
      'ExecStart',
      formatCommandLine([
        {
          ...facts.command,
          ignoreFailure: flags.has('ignore-failure'),
          substitute: options.expandEnvironment,
          privilege: 'none',
        },
      ]),
    ],
  ]);
}

/** The root is where a service is anyway. */
function directoryOf({ flags, texts }: RunOptions, { directory }: RunFacts): string | undefined {
  const given = texts.get('working-directory');
  if (given === undefined) return flags.has('shell') || flags.has('same-dir') ? directory : undefined;
  const path = absolutePath(given, directory);
  return path === '/' ? undefined : path;
}

/** The timer, path or socket unit that starts the service. */
export function planTrigger(
  type: 'timer' | 'path' | 'socket',
  options: RunOptions,
  facts: RunFacts | undefined,
  service: UnitName,
): Planned<readonly PlannedLine[]> {
  // A timer that has elapsed for the last time is not needed any more.
  return plan(type, options.lists.get(`${type}-property`), head(options, facts, service), [
    ['RemainAfterElapse', type === 'timer' ? 'no' : undefined],
  ]);
}

/** The scope that the command runs in. */
export function planScope(options: RunOptions, facts: RunFacts): Planned<readonly PlannedLine[]> {
  return plan('scope', options.lists.get('property'), head(options, facts), [
    ['Slice', facts.slice],
    ['SendSIGHUP', options.flags.has('send-sighup') ? 'yes' : undefined],
  ]);
}

/** [Unit], then --property=, then what the other options stand for. */
function plan(
  type: 'service' | 'timer' | 'path' | 'socket' | 'scope',
  given: readonly string[] = [],
  first: readonly PlannedLine[],
  own: readonly (readonly [key: string, value: string | undefined])[],
): Planned<readonly PlannedLine[]> {
  const properties = planProperties(type, given);
  if (!properties.ok) return properties;
  const lines = [...first, ...properties.value];
  const section = sectionOfType[type] ?? 'Unit';
  for (const [key, value] of own) if (value !== undefined) lines.push({ section, key, value });
  return { ok: true, value: lines };
}

function head({ flags, texts }: RunOptions, facts: RunFacts | undefined, otherwise = ''): readonly PlannedLine[] {
  const description = texts.get('description') ?? facts?.command.argv.join(' ') ?? otherwise;
  const lines: PlannedLine[] = [{ section: 'Unit', key: 'Description', value: escapeSpecifiers(description) }];
  if (flags.has('collect') || flags.has('shell'))
    lines.push({ section: 'Unit', key: 'CollectMode', value: 'inactive-or-failed' });
  return lines;
}

function escaped(value: string | undefined): string | undefined {
  return value === undefined ? undefined : escapeSpecifiers(value);
}

const sectionOfType: Readonly<Partial<Record<UnitType, Section>>> = {
  service: 'Service',
  socket: 'Socket',
  timer: 'Timer',
  path: 'Path',
  scope: 'Scope',
  mount: 'Mount',
  swap: 'Swap',
  slice: 'Slice',
};

/** `NAME=VALUE` words as assignments. Nothing in them is a specifier: they come from a program, not out of a file. */
export function planProperties(type: UnitType, given: readonly string[]): Planned<readonly PlannedLine[]> {
  const own = sectionOfType[type];
  const lines: PlannedLine[] = [];
  for (const each of given) {
    const equals = each.indexOf('=');
    if (equals < 0) return { ok: false, message: `Not an assignment: ${each}` };
    const key = each.slice(0, equals);
    const value = each.slice(equals + 1);
    const section = ([...(own === undefined ? [] : [own]), 'Unit'] as const)
      .toReversed()
      .find((section) => findDirective(section, key) !== undefined);
    const directive = section === undefined ? undefined : findDirective(section, key);
    if (section === undefined || directive === undefined) return { ok: false, message: `Unknown assignment: ${each}` };
    // Limits have shares in percent, and no specifiers.
    const text = directive.home === 'resources' ? value : escapeSpecifiers(value);
    lines.push({ section, key, value: text, given: each });
  }
  return { ok: true, value: lines };
}

const header = '# This is a transient unit file, created programmatically via the systemd API. Do not edit.\n';

/** The file of a transient unit. */
export function transientText(lines: readonly PlannedLine[]): string {
  return header + formatFragment(lines);
}

/** The sentence for a line of the file that its reader refuses. */
export function explainLine(name: UnitName, lines: readonly PlannedLine[], text: string, line: number): string {
  const bad = text.split('\n')[line - 1] ?? '';
  const planned = lines.find((each) => formatFragment([each]).split('\n')[1] === bad);
  const given = planned?.given;
  return given !== undefined
    ? `Failed to parse ${given}: Invalid argument`
    : `Failed to start transient ${unitType(name)} unit: Invalid ${planned?.key ?? 'unit'} setting: ${planned?.value ?? bad}`;
}
