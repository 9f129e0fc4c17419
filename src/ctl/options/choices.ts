/** What may be written behind -t, --state=, --signal= and -o, as `help` there prints it: systemd's words, those that pidone never uses too. */
import { formatSignal } from '../../units/values/signal.ts';
import { entryModes } from '../render/entry.ts';

export const loadStates: ReadonlySet<string> = setOf('stub loaded not-found bad-setting error merged masked');

export const unitTypes: ReadonlySet<string> = setOf(
  'service mount swap socket target device automount timer path slice scope',
);

const activeStates = 'active reloading inactive failed activating deactivating maintenance';
const fileStates =
  'enabled enabled-runtime linked linked-runtime alias masked masked-runtime static disabled indirect generated transient bad';

const subStates = {
  automount: 'dead waiting running failed',
  device: 'dead tentative plugged',
  mount:
    'dead mounting mounting-done mounted remounting unmounting remounting-sigterm remounting-sigkill unmounting-sigterm unmounting-sigkill failed cleaning',
  path: 'dead waiting running failed',
  scope: 'dead start-chown running abandoned stop-sigterm stop-sigkill failed',
  service:
    'dead condition start-pre start start-post running exited reload stop stop-watchdog stop-sigterm stop-sigkill stop-post final-watchdog final-sigterm final-sigkill failed auto-restart cleaning',
  slice: 'dead active',
  socket:
    'dead start-pre start-chown start-post listening running stop-pre stop-pre-sigterm stop-pre-sigkill stop-post final-sigterm final-sigkill failed cleaning',
  swap: 'dead activating activating-done active deactivating deactivating-sigterm deactivating-sigkill failed cleaning',
  target: 'dead active',
  timer: 'dead waiting running elapsed failed',
};

/** `-t help` */
export const typesText = list('unit types', [...unitTypes]);

/** `--state=help` */
export const statesText = [
  list('load states', [...loadStates]),
  list('active states', activeStates.split(' ')),
  list('file states', fileStates.split(' ')),
  ...Object.entries(subStates).map(([type, states]) => list(`${type} unit substates`, states.split(' '))),
].join('\n');

/** `-o help` */
export const outputsText = [...entryModes].map((mode) => `${mode}\n`).join('');

/** `--signal=help`: a name a line, and 0, which only looks whether there is somebody. */
export function signalNames(): string {
  return `0\n${signals()
    .map((name) => `${name.slice(3)}\n`)
    .join('')}`;
}

/** `--signal=list` */
export function signalTable(): string {
  const rows = signals().map((name, index) => `${String(index + 1).padEnd(6)} ${name}\n`);
  return `SIGNAL NAME\n${rows.join('')}`;
}

/** SIG and the name, or the number of one without. */
function signals(): readonly string[] {
  return Array.from({ length: 64 }, (_, index) => {
    const name = formatSignal(index + 1);
    if (name === 'SIGRTMIN') return 'SIGRTMIN+0';
    return name.startsWith('SIG') ? name : `SIG${index + 1}`;
  });
}

function list(what: string, words: readonly string[]): string {
  return `Available ${/^(load|active|file)/.test(what) ? 'unit ' : ''}${what}:\n${words.join('\n')}\n`;
}

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}

/** --what=help */
export const whatText = 'runtime\nstate\ncache\nlogs\nconfiguration\n';
