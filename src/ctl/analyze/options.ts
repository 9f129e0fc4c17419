/** systemd-analyze's command line: systemd's src/analyze/analyze.c. */
import { parseBoolean } from '../../units/values/boolean.ts';
import { parseDuration } from '../../units/values/duration.ts';
import { parseInteger } from '../../units/values/integer.ts';
import { absolutePath } from '../../units/values/path.ts';
import { mangleUnitName, type UnitName } from '../../units/name.ts';
import { parseArguments, type OptionShape } from '../options/parse.ts';

export type Scope = 'system' | 'user' | 'global';

export interface AnalyzeOptions {
  readonly quiet: boolean;
  readonly scope: Scope;
  /** dot: which edges. */
  readonly edges: 'all' | 'order' | 'require';
  readonly fromPatterns: readonly string[];
  readonly toPatterns: readonly string[];
  /** critical-chain: a unit is shown that ended at most so long before the last one; usec. */
  readonly fuzz: number;
  /** calendar: how many times are shown. */
  readonly iterations: number;
  /** calendar: what the next time is counted from, as it was given. */
  readonly baseTime: string | undefined;
  /** Another root directory, absolute, without a slash at its end; '' for this one. */
  readonly root: string;
  /** condition: the unit whose conditions are meant. */
  readonly unit: UnitName | undefined;
  /** verify: whether manual pages are looked for; undefined: where there is a program to show them. */
  readonly man: boolean | undefined;
  readonly generators: boolean;
  readonly recursiveErrors: 'yes' | 'no' | 'one' | undefined;
}

export type ParsedAnalyze =
  | { readonly kind: 'run'; readonly options: AnalyzeOptions; readonly words: readonly string[] }
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'choices'; readonly text: string }
  /** `message` '': systemd says nothing either. */
  | { readonly kind: 'refused'; readonly message: string };

const shapes = [
  { name: 'help', long: ['help'], short: 'h', value: 'none' },
  { name: 'version', long: ['version'], short: '', value: 'none' },
  { name: 'quiet', long: ['quiet'], short: 'q', value: 'none' },
  { name: 'order', long: ['order'], short: '', value: 'none' },
  { name: 'require', long: ['require'], short: '', value: 'none' },
  { name: 'root', long: ['root'], short: '', value: 'required' },
  { name: 'image', long: ['image'], short: '', value: 'required' },
  { name: 'recursive-errors', long: ['recursive-errors'], short: '', value: 'required' },
  { name: 'offline', long: ['offline'], short: '', value: 'required' },
  { name: 'threshold', long: ['threshold'], short: '', value: 'required' },
  { name: 'security-policy', long: ['security-policy'], short: '', value: 'required' },
  { name: 'system', long: ['system'], short: '', value: 'none' },
  { name: 'user', long: ['user'], short: '', value: 'none' },
  { name: 'global', long: ['global'], short: '', value: 'none' },
  { name: 'from-pattern', long: ['from-pattern'], short: '', value: 'required' },
  { name: 'to-pattern', long: ['to-pattern'], short: '', value: 'required' },
  { name: 'fuzz', long: ['fuzz'], short: '', value: 'required' },
  { name: 'no-pager', long: ['no-pager'], short: '', value: 'none' },
  { name: 'man', long: ['man'], short: '', value: 'optional' },
  { name: 'generators', long: ['generators'], short: '', value: 'optional' },
  { name: 'host', long: ['host'], short: 'H', value: 'required' },
  { name: 'machine', long: ['machine'], short: 'M', value: 'required' },
  { name: 'iterations', long: ['iterations'], short: '', value: 'required' },
  { name: 'base-time', long: ['base-time'], short: '', value: 'required' },
  { name: 'unit', long: ['unit'], short: 'U', value: 'required' },
  { name: 'json', long: ['json'], short: '', value: 'required' },
  { name: 'profile', long: ['profile'], short: '', value: 'required' },
] as const satisfies readonly OptionShape<string>[];

/** `directory`: what a relative path is relative to. `isMoment`: whether a text is a timestamp. */
export function parseAnalyze(
  given: readonly string[],
  directory: string,
  isMoment: (text: string) => boolean,
): ParsedAnalyze {
  const parsed = parseArguments('systemd-analyze', shapes, given);
  const options: { -readonly [K in keyof AnalyzeOptions]: AnalyzeOptions[K] } = {
    quiet: false,
    scope: 'system',
    edges: 'all',
    fromPatterns: [],
    toPatterns: [],
    fuzz: 0,
    iterations: 1,
    baseTime: undefined,
    root: '',
    unit: undefined,
    man: undefined,
    generators: false,
    recursiveErrors: undefined,
  };
  if (!parsed.ok) return refused(parsed.message);
  let json = 'off';
  let isOffline = false;
  let hasThreshold = false;
  let hasPolicy = false;
  let image = '';
  for (const { name, value = '' } of parsed.options) {
    switch (name) {
      case 'help':
      case 'version':
        return { kind: name };
      case 'quiet':
        options.quiet = true;
        break;
      case 'order':
      case 'require':
        options.edges = name;
        break;
      case 'system':
      case 'user':
      case 'global':
        options.scope = name;
        break;
      case 'root':
        options.root = value === '' ? '' : absolutePath(value, directory).replace(/^\/$/, '');
        break;
      case 'image':
        image = value;
        break;
      case 'from-pattern':
        options.fromPatterns = [...options.fromPatterns, value];
        break;
      case 'to-pattern':
        options.toPatterns = [...options.toPatterns, value];
        break;
      case 'fuzz': {
        const span = parseDuration(value);
        if (span === undefined) return refused('');
        options.fuzz = span;
        break;
      }
      case 'man':
      case 'generators': {
        const isOn = value === '' ? true : parseBoolean(value);
        if (isOn === undefined) return refused(`Failed to parse boolean argument to --${name}: ${value}.`);
        options[name] = isOn;
        break;
      }
      case 'offline': {
        const isOn = parseBoolean(value);
        if (isOn === undefined) return refused(`Failed to parse boolean argument to --offline: ${value}.`);
        isOffline = isOn;
        break;
      }
      case 'threshold': {
        const threshold = parseUnsigned(value);
        if (threshold === undefined || threshold > 100) return refused(`Failed to parse threshold: ${value}`);
        hasThreshold = threshold !== 100;
        break;
      }
      case 'security-policy':
        hasPolicy = value !== '';
        break;
      case 'iterations': {
        const count = parseUnsigned(value);
        if (count === undefined) return refused(`Failed to parse iterations: ${value}`);
        options.iterations = count;
        break;
      }
      case 'base-time':
        if (!isMoment(value)) return refused(`Failed to parse --base-time= parameter: ${value}`);
        options.baseTime = value;
        break;
      case 'unit': {
        const unit = mangleUnitName(value);
        if (unit === undefined) return refused(`Failed to mangle unit name ${value}: Invalid argument`);
        options.unit = unit;
        break;
      }
      case 'json':
        if (value === 'help') return { kind: 'choices', text: 'pretty\nshort\noff\n' };
        if (!['pretty', 'short', 'off'].includes(value)) return refused(`Unknown argument to --json= switch: ${value}`);
        json = value;
        break;
      case 'profile':
        if (value === '') return refused('Profile file name is empty');
        if (value.includes('/') && !value.endsWith('.conf'))
          return refused(`Profile file name must end with .conf: ${absolutePath(value, directory)}`);
        break;
      case 'recursive-errors':
        if (value === 'help') return { kind: 'choices', text: 'yes\nno\none\n' };
        if (value !== 'yes' && value !== 'no' && value !== 'one')
          return refused(`Unknown mode passed to --recursive-errors='${value}'.`);
        options.recursiveErrors = value;
        break;
      case 'host':
      case 'machine':
        return refused(`pidone manages its own container only: --${name}= cannot be served.`);
      case 'no-pager':
        break;
    }
  }
  const [verb, ...rest] = parsed.words;
  if (isOffline && verb !== 'security') return refused(onlyFor('--offline=', 'security right now'));
  if (json !== 'off' && verb !== 'security' && verb !== 'inspect-elf')
    return refused(onlyFor('--json=', 'security and inspect-elf right now'));
  if (hasThreshold && verb !== 'security') return refused(onlyFor('--threshold=', 'security right now'));
  if (options.scope === 'global' && !['time', 'dot', 'unit-paths', 'verify'].includes(verb ?? 'time'))
    return refused('Option --global only makes sense with verbs dot, unit-paths, verify.');
  if (verb === 'cat-config' && options.scope === 'user')
    return refused('Option --user is not supported for cat-config right now.');
  if (hasPolicy && verb !== 'security') return refused(onlyFor('--security-policy=', 'security'));
  const isRooted =
    verb === 'cat-config' || verb === 'verify' || verb === 'condition' || (verb === 'security' && isOffline);
  if ((options.root !== '' || image !== '') && !isRooted)
    return refused(
      'Options --root= and --image= are only supported for cat-config, verify, condition and security when used with --offline= right now.',
    );
  if (options.root !== '' && image !== '')
    return refused('Please specify either --root= or --image=, the combination of both is not supported.');
  if (options.unit !== undefined && verb !== 'condition')
    return refused('Option --unit= is only supported for condition');
  if (verb === 'condition' && options.unit === undefined && rest.length === 0)
    return refused('Too few arguments for condition');
  if (verb === 'condition' && options.unit !== undefined && rest.length > 0)
    return refused('No conditions can be passed if --unit= is used.');
  if (image !== '') return refused('pidone mounts no disk images: --image= cannot be served.');
  return { kind: 'run', options, words: parsed.words };
}

function refused(message: string): ParsedAnalyze {
  return { kind: 'refused', message };
}

function onlyFor(option: string, verbs: string): string {
  return `Option ${option} is only supported for ${verbs}.`;
}

/** An unsigned int of C. */
function parseUnsigned(text: string): number | undefined {
  return parseInteger(text.replace(/^[ \t\n\r]+/, ''), 0, 2 ** 32 - 1);
}
