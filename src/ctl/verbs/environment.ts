/** show-environment and its kin: the variables that every service gets. */
import { complain, type ManagedCall, shown } from '../call.ts';

export async function showEnvironment(call: ManagedCall): Promise<number> {
  const lines = call.api
    .system()
    .environment.toSorted()
    .map((assignment) => quoteAssignment(shown(call, assignment)));
  await call.client.stdout(lines.map((line) => `${line}\n`).join(''));
  return 0;
}

export async function setEnvironment(call: ManagedCall): Promise<number> {
  const bad = call.words.find((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
  if (bad !== undefined) return refuse(call, 'Failed to set environment: Invalid environment assignments');
  call.api.setEnvironment(call.words, []);
  return 0;
}

export async function unsetEnvironment(call: ManagedCall): Promise<number> {
  const bad = call.words.find((word) => !/^[A-Za-z_][A-Za-z0-9_]*(=|$)/.test(word));
  if (bad !== undefined)
    return refuse(call, 'Failed to unset environment: Invalid environment variable names or assignments');
  call.api.setEnvironment([], call.words);
  return 0;
}

/** The client's variables stay with the client. */
export async function importEnvironment(call: ManagedCall): Promise<number> {
  return refuse(call, "pidone does not serve 'import-environment': Use set-environment NAME=VALUE.");
}

/** Values with anything but plain characters as a shell reads them: $'…'. */
function quoteAssignment(assignment: string): string {
  const equals = assignment.indexOf('=');
  const value = assignment.slice(equals + 1);
  // eslint-disable-next-line no-control-regex -- control characters need quotes
  if (!/[\s"\\`$'()<>|&;!*?[\]{}#~^\u0000-\u001f\u007f]/.test(value)) return assignment;
  const escaped = value.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return `${assignment.slice(0, equals)}=$'${escaped}'`;
}

async function refuse(call: ManagedCall, sentence: string): Promise<number> {
  await complain(call, sentence);
  return 1;
}
