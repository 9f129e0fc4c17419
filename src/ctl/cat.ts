/** systemd-cat: a command whose output is the journal's. systemd's src/journal/cat.c. A part of its own: few need it. */

import { logLevels, parseWordOrNumber } from '../units/values/word-list.ts';
import { complain } from './call.ts';
import { tellItself } from './front.ts';
import { type OptionShape, parseArguments } from './options/parse.ts';
import type { ClientPort, Errand, Invocation, Services } from './port.ts';
import { paletteFor, plain } from './render/colour.ts';
import { parseBoolean } from '../units/values/boolean.ts';

const shapes = [
  { name: 'help', long: ['help'], short: 'h', value: 'none' },
  { name: 'version', long: ['version'], short: '', value: 'none' },
  { name: 'identifier', long: ['identifier'], short: 't', value: 'required' },
  { name: 'priority', long: ['priority'], short: 'p', value: 'required' },
  { name: 'stderr-priority', long: ['stderr-priority'], short: '', value: 'required' },
  { name: 'level-prefix', long: ['level-prefix'], short: '', value: 'required' },
  { name: 'namespace', long: ['namespace'], short: '', value: 'required' },
] as const satisfies readonly OptionShape<string>[];

const help = `systemd-cat [OPTIONS...] COMMAND ...

Execute process with stdout/stderr connected to the journal.

  -h --help                      Show this help
     --version                   Show package version
  -t --identifier=STRING         Set syslog identifier
  -p --priority=PRIORITY         Set priority value (0..7)
     --stderr-priority=PRIORITY  Set priority value (0..7) used for stderr
     --level-prefix=BOOL         Control whether level prefix shall be parsed

See the systemd-cat(1) man page for details.
`;

export async function runCat(services: Services, invocation: Invocation, client: ClientPort): Promise<number> {
  const errand = errandOf(invocation.arguments);
  if (errand === 'help' || errand === 'version') return tellItself({ kind: errand }, help, services, client);
  if (typeof errand === 'string') {
    const palette = errand.startsWith('systemd-cat: ') ? plain : paletteFor(invocation);
    await complain({ client, palette }, errand);
    return 1;
  }
  client.errand(errand);
  return 0;
}

/** What the client becomes, or the sentence why it cannot. */
function errandOf(given: readonly string[]): Errand | string {
  const parsed = parseArguments('systemd-cat', shapes, given, 'words-end-it');
  if (!parsed.ok) return parsed.message;
  let identifier = '';
  let priority = 6;
  let stderrPriority: number | undefined;
  let prefixes = true;
  for (const { name, value = '' } of parsed.options) {
    switch (name) {
      case 'help':
      case 'version':
        return name;
      case 'identifier':
        identifier = value;
        break;
      case 'priority': {
        const given = parseWordOrNumber(value, logLevels, 7);
        if (given === undefined) return 'Failed to parse priority value.';
        priority = given;
        break;
      }
      case 'stderr-priority':
        stderrPriority = parseWordOrNumber(value, logLevels, 7);
        if (stderrPriority === undefined) return 'Failed to parse stderr priority value.';
        break;
      case 'level-prefix': {
        const given = parseBoolean(value);
        if (given === undefined) return `Failed to parse boolean argument to --level-prefix=: ${value}.`;
        prefixes = given;
        break;
      }
      case 'namespace':
        return 'The journal has no namespaces here: its one instance has the lines of all units.';
    }
  }
  // The head of a stream: identifier, unit, priority, prefixes, and where else it should go.
  const head = (level: number): string => `${identifier}\n\n${level}\n${prefixes ? 1 : 0}\n0\n0\n0\n`;
  const different = stderrPriority !== undefined && stderrPriority !== priority;
  return {
    program: parsed.words,
    input: '',
    cursor: '',
    journal: [head(priority), ...(different ? [head(stderrPriority ?? priority)] : [])],
  };
}
