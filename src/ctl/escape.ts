/** systemd-escape: between strings and names of units. systemd's src/escape/escape.c. A part of its own: few need it. */
import {
  escapeName,
  escapePath,
  instanceOf,
  instantiate,
  isTemplate,
  isUnitType,
  mangleUnitName,
  parseUnitName,
  templateOf,
  unescapeName,
  unescapePath,
  type UnitName,
} from '../units/name.ts';
import { isNormalizedPath, isValidPath } from '../units/values/path.ts';
import { complain } from './call.ts';
import { parseArguments, type OptionShape } from './options/parse.ts';
import type { ClientPort, Invocation, Services } from './port.ts';
import { paletteFor, plain } from './render/colour.ts';
import { tellItself } from './front.ts';

const shapes = [
  { name: 'help', long: ['help'], short: 'h', value: 'none' },
  { name: 'version', long: ['version'], short: '', value: 'none' },
  { name: 'suffix', long: ['suffix'], short: '', value: 'required' },
  { name: 'template', long: ['template'], short: '', value: 'required' },
  { name: 'unescape', long: ['unescape'], short: 'u', value: 'none' },
  { name: 'mangle', long: ['mangle'], short: 'm', value: 'none' },
  { name: 'path', long: ['path'], short: 'p', value: 'none' },
  { name: 'instance', long: ['instance'], short: '', value: 'none' },
] as const satisfies readonly OptionShape<string>[];

const help = `systemd-escape [OPTIONS...] [NAME...]

Turn strings into what may stand in the name of a unit, and back.

     --suffix=SUFFIX      Make names of units of this type
     --template=TEMPLATE  Make instances of this template
     --instance           With --unescape: the instance of each name alone
  -u --unescape           Back to the string
  -m --mangle             Make names as systemctl does of its arguments
  -p --path               The strings are paths
  -h --help               Show this help
     --version            Show version
`;

interface Order {
  readonly action: 'escape' | 'unescape' | 'mangle';
  readonly isPath: boolean;
  readonly suffix: string | undefined;
  readonly template: UnitName | undefined;
  readonly isInstance: boolean;
  readonly words: readonly string[];
}

export async function runEscape(services: Services, invocation: Invocation, client: ClientPort): Promise<number> {
  const order = orderOf(invocation.arguments);
  const palette = paletteFor(invocation);
  if (order === 'help' || order === 'version') return tellItself({ kind: order }, help, services, client);
  if (typeof order === 'string') {
    await complain({ client, palette: order.startsWith('systemd-escape: ') ? plain : palette }, order);
    return 1;
  }
  for (const [index, word] of order.words.entries()) {
    const result = results[order.action](word, order);
    if (result.warning !== undefined) await complain({ client, palette }, result.warning, 'warning');
    if (result.text === undefined) {
      await complain({ client, palette }, result.error);
      return 1;
    }
    await client.stdout(index === 0 ? result.text : ` ${result.text}`);
  }
  await client.stdout('\n');
  return 0;
}

/** What is to be done, or the sentence why it cannot be. */
function orderOf(given: readonly string[]): Order | string {
  const parsed = parseArguments('systemd-escape', shapes, given);
  if (!parsed.ok) return parsed.message;
  const order: { -readonly [K in keyof Order]: Order[K] } = {
    action: 'escape',
    isPath: false,
    suffix: undefined,
    template: undefined,
    isInstance: false,
    words: parsed.words,
  };
  for (const { name, value = '' } of parsed.options) {
    switch (name) {
      case 'help':
      case 'version':
        return name;
      case 'suffix':
        if (!isUnitType(value)) return `Invalid unit suffix type "${value}".`;
        order.suffix = value;
        break;
      case 'template': {
        const template = parseUnitName(value);
        if (template === undefined || !isTemplate(template)) return `Template name ${value} is not valid.`;
        order.template = template;
        break;
      }
      case 'unescape':
      case 'mangle':
        order.action = name;
        break;
      case 'path':
        order.isPath = true;
        break;
      case 'instance':
        order.isInstance = true;
        break;
    }
  }
  return contradiction(order) ?? order;
}

function contradiction({ action, isPath, suffix, template, isInstance, words }: Order): string | undefined {
  const isNamed = suffix !== undefined || template !== undefined;
  if (words.length === 0) return 'Not enough arguments.';
  if (template !== undefined && suffix !== undefined) return '--suffix= and --template= may not be combined.';
  if (isNamed && action === 'mangle') return '--suffix= and --template= are not compatible with --mangle.';
  if (suffix !== undefined && action === 'unescape') return '--suffix is not compatible with --unescape.';
  if (isPath && action === 'mangle') return '--path may not be combined with --mangle.';
  if (isInstance && action !== 'unescape') return '--instance must be used in conjunction with --unescape.';
  return isInstance && template !== undefined ? '--instance may not be combined with --template.' : undefined;
}

type Result = { readonly warning?: string } & (
  { readonly text: string } | { readonly text: undefined; readonly error: string }
);

const results: Readonly<Record<Order['action'], (word: string, order: Order) => Result>> = { escape, unescape, mangle };

function failed(error: string): Result {
  return { text: undefined, error };
}

function escape(word: string, { isPath, suffix, template }: Order): Result {
  const escaped = isPath ? escapedPath(word) : { text: escapeName(word) };
  const { text } = escaped;
  if (text === undefined) return escaped;
  if (template === undefined) return { ...escaped, text: suffix === undefined ? text : `${text}.${suffix}` };
  const instance = text === '' ? undefined : instantiate(template, text);
  return instance === undefined
    ? { ...escaped, ...failed('Failed to replace instance: Invalid argument') }
    : { ...escaped, text: instance };
}

function escapedPath(path: string): Result {
  const text = escapePath(path);
  const what = !isValidPath(path)
    ? 'not a valid file system path'
    : !path.startsWith('/')
      ? 'not an absolute file system path'
      : text === undefined && !isNormalizedPath(path)
        ? 'not a normalized file system path'
        : undefined;
  const input = `Input '${path}' is ${what ?? ''}`;
  if (text === undefined)
    return failed(what === undefined ? 'Failed to escape string: Invalid argument' : `${input}, failed to escape.`);
  // systemd's own words, with the one it leaves out.
  const lacks = isValidPath(path) ? 'to ' : '';
  return what === undefined
    ? { text }
    : { text, warning: `${input}, escaping is likely not going ${lacks}be reversible.` };
}

function unescape(word: string, { isPath, template, isInstance }: Order): Result {
  let escaped = word;
  if (isInstance || template !== undefined) {
    const name = parseUnitName(word);
    if (name === undefined) return failed('Failed to extract instance: Invalid argument');
    escaped = instanceOf(name) ?? '';
    if (escaped === '') return failed(`Unit ${word} is missing the instance name.`);
    const own = templateOf(name) ?? '';
    if (template !== undefined && own !== template)
      return failed(`Unit ${word} template ${own} does not match specified template ${template}.`);
  }
  const text = isPath ? unescapePath(escaped) : unescapeName(escaped);
  return text === undefined ? failed('Failed to unescape string: Invalid argument') : { text };
}

function mangle(word: string): Result {
  const text = mangleUnitName(word);
  return text === undefined ? failed('Failed to mangle name: Invalid argument') : { text };
}
