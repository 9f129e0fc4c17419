/** systemd-run's command line: systemd's src/run/run.c. */
import { parseBoolean } from '../../units/values/boolean.ts';
import { parseDuration } from '../../units/values/duration.ts';
import { parseInteger } from '../../units/values/integer.ts';
import { parseArguments, type OptionShape } from '../options/parse.ts';

/** Options without a value. */
type Flag =
  | 'scope'
  | 'no-block'
  | 'wait'
  | 'remain-after-exit'
  | 'send-sighup'
  | 'same-dir'
  | 'slice-inherit'
  | 'pty'
  | 'pipe'
  | 'quiet'
  | 'collect'
  | 'shell'
  | 'ignore-failure';

/** Options of which the last one counts. */
type Text =
  'unit' | 'description' | 'slice' | 'service-type' | 'uid' | 'gid' | 'nice' | 'working-directory' | 'job-mode';

/** Options that add up. `timer-property`: those that the options for timers stand for are among them, in their order. */
type List = 'property' | 'path-property' | 'socket-property' | 'timer-property' | 'setenv';

export interface RunOptions {
  readonly flags: ReadonlySet<Flag>;
  readonly texts: ReadonlyMap<Text, string>;
  readonly lists: ReadonlyMap<List, readonly string[]>;
  readonly expandEnvironment: boolean;
  /** The command. */
  readonly words: readonly string[];
}

export type ParsedRun =
  | { readonly kind: 'run'; readonly options: RunOptions }
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'refused'; readonly message: string };

/** What is done with it (f flag, t text, l list, o other, n nothing), NAME, `=` if it has a value, and a comma with its letter. */
const table =
  'ohelp,h oversion ouser nsystem ohost=,H omachine=,M fscope tunit=,u lproperty=,p tdescription= tslice= fslice-inherit fno-block fremain-after-exit,r fwait fsend-sighup tservice-type= tuid= tgid= tnice= tworking-directory= fsame-dir,d lsetenv=,E fpty,t fpipe,P fquiet,q fcollect,G fshell,S nno-ask-password nno-pager oexpand-environment= fignore-failure tjob-mode= nbackground= lpath-property= lsocket-property= ltimer-property= oon-active= oon-boot= oon-startup= oon-unit-active= oon-unit-inactive= oon-calendar= oon-timezone-change oon-clock-change';

/** `isCalendar`: whether a text is one of OnCalendar=. */
export function parseRun(given: readonly string[], isCalendar: (text: string) => boolean): ParsedRun {
  const actions = new Map<string, string>();
  const shapes = table.split(' ').map((row): OptionShape<string> => {
    const [spelled = '', short = ''] = row.slice(1).split(',');
    const name = spelled.replace('=', '');
    actions.set(name, row.charAt(0));
    return { name, long: [name], short, value: spelled === name ? 'none' : 'required' };
  });
  const parsed = parseArguments('systemd-run', shapes, given, 'words-end-it');
  if (!parsed.ok) return refused(parsed.message);
  const flags = new Set<Flag>();
  const texts = new Map<Text, string>();
  const lists = new Map<List, readonly string[]>();
  let expandEnvironment = true;
  for (const { name, value = '' } of parsed.options) {
    const problem = problemWith(name, value, isCalendar);
    if (problem !== undefined) return refused(problem);
    const timer = timerSetting(name, value);
    if (name === 'help' || name === 'version') return { kind: name };
    // The last of the two counts.
    if (name === 'working-directory') flags.delete('same-dir');
    if (name === 'same-dir') texts.delete('working-directory');
    if (name === 'expand-environment') expandEnvironment = parseBoolean(value) === true;
    const list = timer === undefined ? (name as List) : 'timer-property';
    const action = timer === undefined ? actions.get(name) : 'l';
    if (action === 'f') flags.add(name as Flag);
    else if (action === 't') texts.set(name as Text, value);
    else if (action === 'l') lists.set(list, [...(lists.get(list) ?? []), timer ?? value]);
  }
  const options: RunOptions = { flags, texts, lists, expandEnvironment, words: parsed.words };
  const problem = contradiction(options);
  return problem === undefined ? { kind: 'run', options } : refused(problem);
}

/** The assignment of [Timer] that the option stands for: on-unit-active, OnUnitActiveSec=. */
function timerSetting(name: string, value: string): string | undefined {
  if (!name.startsWith('on-')) return undefined;
  const key = name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (name.endsWith('-change')) return `${key}=yes`;
  return `${key}${name === 'on-calendar' ? '' : 'Sec'}=${value}`;
}

/** What is wrong with one option by itself. */
function problemWith(name: string, value: string, isCalendar: (text: string) => boolean): string | undefined {
  const setting = timerSetting(name, value);
  switch (name) {
    case 'user':
      return 'pidone manages the system of its container only: --user cannot be served.';
    case 'host':
    case 'machine':
      return `pidone manages its own container only: --${name}= cannot be served.`;
    case 'nice':
      return parseInteger(value, -20, 19) === undefined ? `Failed to parse nice value: ${value}` : undefined;
    case 'expand-environment':
      return parseBoolean(value) === undefined
        ? `Failed to parse boolean argument to --expand-environment=: ${value}.`
        : undefined;
    case 'setenv':
      return /^[A-Za-z_][A-Za-z0-9_]*(?:=|$)/.test(value)
        ? undefined
        : `Cannot assign environment variable ${value}: Invalid argument`;
    case 'on-calendar':
      return isCalendar(value) ? undefined : 'Failed to parse calendar event specification: Invalid argument';
    default:
      return setting?.includes('Sec=') === true && parseDuration(value) === undefined
        ? `Failed to parse ${setting}: Invalid argument`
        : undefined;
  }
}

function contradiction({ flags, texts, lists, words }: RunOptions): string | undefined {
  const triggers = (['path-property', 'socket-property', 'timer-property'] as const).filter((each) => lists.has(each));
  const has = (flag: Flag): boolean => flags.has(flag);
  const streams = has('pty') || has('pipe');
  if (lists.get('timer-property')?.some((assignment) => assignment.startsWith('On')) === false)
    return '--timer-property= has no effect without any other timer options.';
  if (has('shell') && words.length > 0) return 'If --shell is used, no command line is expected.';
  if (words.length === 0 && !has('shell') && (!texts.has('unit') || triggers.length === 0))
    return 'Command line to execute required.';
  if (triggers.length > 1) return 'Only single trigger (path, socket, timer) unit can be created.';
  if (has('scope') && triggers.length > 0) return 'Path, socket or timer options are not supported in --scope mode.';
  if (streams && (triggers.length > 0 || has('scope')))
    return '--pty/--pipe is not compatible in timer or --scope mode.';
  if (streams && has('no-block')) return '--pty/--pipe is not compatible with --no-block.';
  if (has('scope') && (has('remain-after-exit') || texts.has('service-type')))
    return '--remain-after-exit and --service-type= are not supported in --scope mode.';
  if (!has('wait')) return undefined;
  if (has('no-block')) return '--wait may not be combined with --no-block.';
  if (triggers.length > 0) return '--wait may not be combined with path, socket or timer operations.';
  return has('scope') ? '--wait may not be combined with --scope.' : undefined;
}

function refused(message: string): ParsedRun {
  return { kind: 'refused', message };
}
