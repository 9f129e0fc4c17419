/** What can be asked of systemctl beside the words: its options as they are written, and as they are read. */
import type { PresetMode } from '../../units/install/preset.ts';
import type { TimestampStyle } from '../../units/values/timestamp.ts';
import type { OptionShape } from './parse.ts';

export interface SystemctlOptions {
  readonly types: readonly string[];
  readonly states: readonly string[];
  /** -p: undefined, all */
  readonly properties: readonly string[] | undefined;
  readonly valueOnly: boolean;
  readonly all: boolean;
  readonly full: boolean;
  readonly plain: boolean;
  readonly legend: boolean;
  readonly showTypes: boolean;
  readonly quiet: boolean;
  readonly block: boolean;
  readonly wait: boolean;
  readonly now: boolean;
  readonly runtime: boolean;
  readonly force: boolean;
  readonly presetMode: PresetMode;
  /** --drop-in=, '' where it was not given. */
  readonly dropIn: string;
  readonly stdin: boolean;
  /** Not --no-reload. */
  readonly reload: boolean;
  /** Not --no-warn. */
  readonly warn: boolean;
  readonly recursive: boolean;
  readonly direction: 'requires' | 'required-by' | 'before' | 'after';
  readonly jobMode: string;
  readonly signal: string | undefined;
  readonly killWhom: string;
  /** --kill-value= */
  readonly killValue: number | undefined;
  /** --what= of clean */
  readonly what: readonly string[];
  /** Lines of the log in status. */
  readonly lines: number;
  readonly output: string;
  /** --root as it was typed; undefined, none was given. */
  readonly root: string | undefined;
  readonly showTransaction: boolean;
  readonly timestampStyle: TimestampStyle;
}

/** `harmless`: taken and without effect here, as there is one manager, one machine, no pager and no questions. */
export const systemctlShapes = [
  { name: 'help', long: ['help'], short: 'h', value: 'none' },
  { name: 'version', long: ['version'], short: '', value: 'none' },
  { name: 'type', long: ['type'], short: 't', value: 'required' },
  { name: 'property', long: ['property'], short: 'p', value: 'required' },
  { name: 'property-value', long: [], short: 'P', value: 'required' },
  { name: 'all', long: ['all'], short: 'a', value: 'none' },
  { name: 'reverse', long: ['reverse'], short: '', value: 'none' },
  { name: 'after', long: ['after'], short: '', value: 'none' },
  { name: 'before', long: ['before'], short: '', value: 'none' },
  { name: 'show-types', long: ['show-types'], short: '', value: 'none' },
  { name: 'failed', long: ['failed'], short: '', value: 'none' },
  { name: 'full', long: ['full'], short: 'l', value: 'none' },
  { name: 'job-mode', long: ['job-mode'], short: '', value: 'required' },
  { name: 'irreversible', long: ['irreversible'], short: '', value: 'none' },
  { name: 'ignore-dependencies', long: ['ignore-dependencies'], short: '', value: 'none' },
  { name: 'show-transaction', long: ['show-transaction'], short: 'T', value: 'none' },
  { name: 'user', long: ['user'], short: '', value: 'none' },
  { name: 'global', long: ['global'], short: '', value: 'none' },
  { name: 'wait', long: ['wait'], short: '', value: 'none' },
  { name: 'no-block', long: ['no-block'], short: '', value: 'none' },
  { name: 'legend', long: ['legend'], short: '', value: 'required' },
  { name: 'no-legend', long: ['no-legend'], short: '', value: 'none' },
  { name: 'root', long: ['root'], short: '', value: 'required' },
  { name: 'image', long: ['image'], short: '', value: 'required' },
  { name: 'force', long: ['force'], short: 'f', value: 'none' },
  { name: 'signal', long: ['signal'], short: 's', value: 'required' },
  { name: 'what', long: ['what'], short: '', value: 'required' },
  { name: 'kill-value', long: ['kill-value'], short: '', value: 'required' },
  { name: 'kill-whom', long: ['kill-whom', 'kill-who'], short: '', value: 'required' },
  { name: 'host', long: ['host'], short: 'H', value: 'required' },
  { name: 'machine', long: ['machine'], short: 'M', value: 'required' },
  { name: 'runtime', long: ['runtime'], short: '', value: 'none' },
  { name: 'lines', long: ['lines'], short: 'n', value: 'required' },
  { name: 'output', long: ['output'], short: 'o', value: 'required' },
  { name: 'quiet', long: ['quiet'], short: 'q', value: 'none' },
  { name: 'plain', long: ['plain'], short: '', value: 'none' },
  { name: 'state', long: ['state'], short: '', value: 'required' },
  { name: 'recursive', long: ['recursive'], short: 'r', value: 'none' },
  { name: 'value', long: ['value'], short: '', value: 'none' },
  { name: 'now', long: ['now'], short: '', value: 'none' },
  { name: 'drop-in', long: ['drop-in'], short: '', value: 'required' },
  { name: 'stdin', long: ['stdin'], short: '', value: 'none' },
  { name: 'no-reload', long: ['no-reload'], short: '', value: 'none' },
  { name: 'no-warn', long: ['no-warn'], short: '', value: 'none' },
  { name: 'preset-mode', long: ['preset-mode'], short: '', value: 'required' },
  { name: 'timestamp', long: ['timestamp'], short: '', value: 'required' },
  { name: 'harmless', long: ['system'], short: '', value: 'none' },
  { name: 'harmless', long: ['no-wall'], short: '', value: 'none' },
  { name: 'harmless', long: ['no-pager'], short: '', value: 'none' },
  { name: 'harmless', long: ['no-ask-password'], short: '', value: 'none' },
  { name: 'harmless', long: ['dry-run'], short: '', value: 'none' },
  { name: 'harmless', long: ['check-inhibitors'], short: '', value: 'required' },
  { name: 'harmless', long: [], short: 'i', value: 'none' },
  { name: 'harmless', long: ['message'], short: '', value: 'required' },
] as const satisfies readonly OptionShape<string>[];
