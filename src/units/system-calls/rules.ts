/** SystemCallFilter= and SystemCallLog=: from the words that the unit has kept to what becomes of each system call. Source: config_parse_syscall_filter(), seccomp_parse_syscall_filter() of systemd. */
import { formatSystemCallRule, parseSystemCallRule } from '../values/system-call.ts';
import { expandName } from './calls.ts';

export interface CallRules {
  /** What is not in `calls` is forbidden; else it is allowed. */
  readonly allowList: boolean;
  /** The answer of its own that a call has; undefined: that of the list. */
  readonly calls: ReadonlyMap<string, number | 'kill' | undefined>;
}

/** `text`: words with blanks between, those of a `~` line each with their `~`. `always`: what an allow list has besides. */
export function readCallRules(text: string, always: readonly string[]): CallRules {
  const words = text.split(' ').filter((word) => word !== '' && word !== '~');
  const allowList = !text.startsWith('~');
  const calls = new Map<string, number | 'kill' | undefined>();
  if (allowList) for (const name of always.flatMap(expandName)) calls.set(name, undefined);
  for (const word of words) {
    const inverted = word.startsWith('~');
    const rule = parseSystemCallRule(inverted ? word.slice(1) : word);
    if (rule === undefined) continue;
    for (const name of expandName(rule.name)) {
      if (inverted !== allowList || (inverted && rule.answer !== undefined)) calls.set(name, rule.answer);
      else calls.delete(name);
    }
  }
  return { allowList, calls };
}

/** What every program needs is always allowed. */
export function readCallFilter(text: string): CallRules {
  return readCallRules(text, ['@default']);
}

/** As the bus has them: by name, and with a `~` before what is forbidden. */
export function formatCallRules({ allowList, calls }: CallRules): string {
  const names = [...calls].map(([name, answer]) => formatSystemCallRule({ name, answer }));
  return `${allowList ? '' : '~'}${names.sort().join(' ')}`;
}
