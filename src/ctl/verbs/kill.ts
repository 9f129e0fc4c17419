/** kill: a signal to processes of a unit. */
import { formatSignal, parseSignal } from '../../units/values/signal.ts';
import { complain, type ManagedCall } from '../call.ts';
import { findNames } from '../names.ts';
import { harmless } from '../render/text.ts';

export async function kill(call: ManagedCall): Promise<number> {
  const { api, invocation, options, words } = call;
  const signal = options.signal === undefined ? 15 : parseSignal(options.signal);
  if (signal === undefined) return refuse(call, `Failed to parse signal string "${options.signal ?? ''}".`);
  const who = whoms.get(options.killWhom);
  // The manager went away before it could say that it had been done.
  if (invocation.again && api.jobsOf(invocation.id) !== undefined) return 0;
  const found = findNames(call, words);
  if (!found.ok) return refuse(call, found.message);
  let status = 0;
  for (const name of found.names) {
    if (who === undefined) {
      await complain(call, `Failed to kill unit ${name}: Invalid who argument ${options.killWhom}`);
      status = 1;
      continue;
    }
    if (options.killValue !== undefined && (signal < 34 || signal > 64)) {
      const why = `Value parameter only accepted for realtime signals (SIGRTMIN…SIGRTMAX), refusing for signal ${formatSignal(signal)}.`;
      await complain(call, `Failed to kill unit ${name}: ${why}`);
      status = 1;
      continue;
    }
    const outcome = api.kill(invocation.id, name, who, signal, options.killValue);
    if (outcome.ok && options.killWhom === 'all-fail' && api.view(name).keepers.length === 0) {
      await complain(call, `Failed to kill unit ${name}: No matching processes to kill`);
      status = 1;
      continue;
    }
    if (outcome.ok) continue;
    await complain(call, `Failed to kill unit ${name}: ${harmless(outcome.error.message)}`);
    status = 1;
  }
  return status;
}

/** `-fail` differs only in what counts as an error: that there is nobody, which of main and control is always told. */
const whoms: ReadonlyMap<string, 'main' | 'control' | 'all'> = new Map([
  ['all', 'all'],
  ['all-fail', 'all'],
  ['main', 'main'],
  ['main-fail', 'main'],
  ['control', 'control'],
  ['control-fail', 'control'],
]);

async function refuse(call: ManagedCall, sentence: string): Promise<number> {
  await complain(call, sentence);
  return 1;
}
