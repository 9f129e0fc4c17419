/** The options of systemctl 252: what pidone does with each. man systemctl, "OPTIONS". */
import type { PresetMode } from '../../units/install/preset.ts';
import { parseTimestampStyle } from '../../units/values/timestamp.ts';
import { entryModes } from '../render/entry.ts';
import {
  loadStates,
  outputsText,
  signalNames,
  signalTable,
  statesText,
  typesText,
  unitTypes,
  whatText,
} from './choices.ts';
import { parseArguments } from './parse.ts';
import { type SystemctlOptions, systemctlShapes } from './systemctl-options.ts';

export type SystemctlArguments =
  | { readonly kind: 'run'; readonly options: SystemctlOptions; readonly words: readonly string[] }
  | { readonly kind: 'help' | 'version' }
  /** -t help, --state=help and their like: what may be written there. */
  | { readonly kind: 'choices'; readonly text: string }
  | { readonly kind: 'refused'; readonly message: string };

type Name = (typeof systemctlShapes)[number]['name'];

/** Options and words of a command line. `program` is what messages begin with. */
export function parseSystemctl(program: string, given: readonly string[]): SystemctlArguments {
  const parsed = parseArguments<Name>(program, systemctlShapes, given);
  if (!parsed.ok) return { kind: 'refused', message: parsed.message };
  const options: { -readonly [K in keyof SystemctlOptions]: SystemctlOptions[K] } = {
    types: [],
    states: [],
    properties: undefined,
    valueOnly: false,
    all: false,
    full: false,
    plain: false,
    legend: true,
    showTypes: false,
    quiet: false,
    block: true,
    wait: false,
    now: false,
    runtime: false,
    force: false,
    presetMode: 'full',
    dropIn: '',
    stdin: false,
    reload: true,
    warn: true,
    recursive: false,
    direction: 'requires',
    jobMode: 'replace',
    signal: undefined,
    killWhom: 'all',
    killValue: undefined,
    what: [],
    lines: 10,
    output: 'short',
    root: undefined,
    showTransaction: false,
    timestampStyle: 'pretty',
  };
  // --quiet leaves titles and sums out, unless they are asked for.
  options.legend = !parsed.options.some(({ name }) => name === 'quiet');
  for (const { name, value = '' } of parsed.options) {
    switch (name) {
      case 'help':
      case 'version':
        return { kind: name };
      case 'type':
        // --type= also takes load states, as systemctl does.
        for (const word of listOf(value)) {
          if (word === 'help') return { kind: 'choices', text: typesText };
          if (!loadStates.has(word) && !unitTypes.has(word)) {
            return {
              kind: 'refused',
              message: `Unknown unit type or load state '${word}'.\nUse -t help to see a list of allowed values.`,
            };
          }
          if (loadStates.has(word)) options.states = [...options.states, word];
          else options.types = [...options.types, word];
        }
        break;
      case 'state':
        if (listOf(value).includes('help')) return { kind: 'choices', text: statesText };
        options.states = [...options.states, ...listOf(value)];
        break;
      case 'failed':
        options.states = [...options.states, 'failed'];
        break;
      case 'property-value':
        options.valueOnly = true;
        options.properties = [...(options.properties ?? []), ...listOf(value)];
        break;
      case 'property':
        options.properties = value === '' ? [] : [...(options.properties ?? []), ...listOf(value)];
        break;
      case 'value':
        options.valueOnly = true;
        break;
      case 'reverse':
        options.direction = 'required-by';
        break;
      case 'after':
      case 'before':
        options.direction = name;
        break;
      case 'job-mode':
        options.jobMode = value;
        break;
      case 'irreversible':
        options.jobMode = 'replace-irreversibly';
        break;
      case 'ignore-dependencies':
        options.jobMode = 'ignore-dependencies';
        break;
      case 'show-transaction':
        options.showTransaction = true;
        break;
      case 'user':
      case 'global':
        return { kind: 'refused', message: `pidone manages the system only: --${name} cannot be served.` };
      case 'host':
      case 'machine':
      case 'image':
        return { kind: 'refused', message: `pidone manages its own container only: --${name}= cannot be served.` };
      case 'preset-mode':
        if (value === 'help') return { kind: 'choices', text: presetModes.map((mode) => `${mode}\n`).join('') };
        if (!isPresetMode(value)) return { kind: 'refused', message: `Failed to parse preset mode: ${value}.` };
        options.presetMode = value;
        break;
      case 'drop-in':
        options.dropIn = value;
        break;
      case 'no-reload':
        options.reload = false;
        break;
      case 'no-warn':
        options.warn = false;
        break;
      case 'no-block':
        options.block = false;
        break;
      case 'legend': {
        const legend = booleanOf(value);
        if (legend === undefined)
          return { kind: 'refused', message: `Failed to parse boolean argument to --legend=: ${value}` };
        options.legend = legend;
        break;
      }
      case 'no-legend':
        options.legend = false;
        break;
      case 'root':
        // An empty one is none.
        options.root = value === '' ? undefined : value;
        break;
      case 'signal':
        if (value === 'help') return { kind: 'choices', text: signalNames() };
        if (value === 'list') return { kind: 'choices', text: signalTable() };
        options.signal = value;
        break;
      case 'what':
        if (value === '') return { kind: 'refused', message: '--what= requires arguments.' };
        for (const word of listOf(value)) {
          if (word === 'help') return { kind: 'choices', text: whatText };
          options.what = [...options.what, word];
        }
        break;
      case 'kill-value':
        if (!/^[+-]?\d{1,10}$/.test(value) || Number(value) !== (Number(value) | 0))
          return { kind: 'refused', message: `Unable to parse signal value: ${value}` };
        options.killValue = Number(value);
        break;
      case 'kill-whom':
        options.killWhom = value;
        break;
      case 'lines':
        if (!/^\d+$/.test(value)) return { kind: 'refused', message: `Failed to parse lines '${value}'` };
        options.lines = Number(value);
        break;
      case 'output':
        if (value === 'help') return { kind: 'choices', text: outputsText };
        if (!entryModes.includes(value)) return { kind: 'refused', message: `Unknown output '${value}'.` };
        options.output = value;
        break;
      case 'timestamp':
        {
          const style = parseTimestampStyle(value);
          if (style === undefined) return { kind: 'refused', message: `Invalid value: ${value}.` };
          options.timestampStyle = style;
        }
        break;
      case 'stdin':
      case 'all':
      case 'full':
      case 'plain':
      case 'quiet':
      case 'wait':
      case 'now':
      case 'runtime':
      case 'force':
      case 'recursive':
        options[name] = true;
        break;
      case 'show-types':
        options.showTypes = true;
        break;
      case 'harmless':
        break;
    }
  }
  if (options.wait && !options.block)
    return { kind: 'refused', message: '--wait may not be combined with --no-block.' };
  return { kind: 'run', options, words: parsed.words };
}

const presetModes: readonly PresetMode[] = ['full', 'enable-only', 'disable-only'];

function isPresetMode(word: string): word is PresetMode {
  return (presetModes as readonly string[]).includes(word);
}

function listOf(text: string): string[] {
  return text.split(',').filter((word) => word !== '');
}

function booleanOf(text: string): boolean | undefined {
  if (/^(1|yes|y|true|t|on)$/i.test(text)) return true;
  return /^(0|no|n|false|f|off)$/i.test(text) ? false : undefined;
}
