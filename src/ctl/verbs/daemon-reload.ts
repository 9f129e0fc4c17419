import type { ManagedCall } from '../call.ts';

export async function daemonReload({ api }: ManagedCall): Promise<number> {
  await api.reload();
  return 0;
}

/** The next manager answers: the client asks again and is told that it is done. */
export async function daemonReexec({ api, invocation, client }: ManagedCall): Promise<number> {
  if (invocation.again) return 0;
  api.reexecute();
  await client.gone;
  return 0;
}
