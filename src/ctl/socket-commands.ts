import { commands } from '../units/exec-kinds.ts';
import type { UnitsOptions } from '../units/load.ts';
import type { ExecCommand, Unit } from '../units/model.ts';
import { expandSpecifiers } from '../units/syntax/specifiers.ts';
import type { ValueContext } from '../units/value-kind.ts';

/** The commands of a socket, by setting, which units/ keeps as they are written. */
export function socketCommands(
  { specifiers }: UnitsOptions,
  { name, type, fragmentPath, accepted }: Unit,
): ReadonlyMap<string, readonly ExecCommand[]> {
  const found = new Map<string, readonly ExecCommand[]>();
  if (type !== 'socket') return found;
  for (const key of ['ExecStartPre', 'ExecStartPost', 'ExecStopPre', 'ExecStopPost']) {
    const text = accepted.get(key);
    if (text === undefined) continue;
    const context: ValueContext = {
      key,
      unit: name,
      file: fragmentPath,
      expand: (word, flavour) => expandSpecifiers(word, { name, fragmentPath }, specifiers, flavour),
      unitName: () => undefined,
      // All that is wrong was told when it was read.
      warn: () => undefined,
      refuse: () => undefined,
    };
    const none: readonly ExecCommand[] = [];
    found.set(
      key,
      text.split('\n').reduce((read, line) => commands.read(line, read, context) ?? read, none),
    );
  }
  return found;
}
