import type { Call } from '../call.ts';

/** is-system-running: 0 when running, else 1. --wait: until the boot is over. */
export async function isSystemRunning({ services, client, options }: Call): Promise<number> {
  const { api } = services;
  if (api === undefined) {
    if (!options.quiet) await client.stdout('offline\n');
    return 1;
  }
  const gone = client.gone.then(() => undefined);
  let { state } = api.system();
  while (options.wait && (state === 'initializing' || state === 'starting')) {
    await Promise.race([api.changed(), gone]);
    if (client.isGone()) return 1;
    ({ state } = api.system());
  }
  if (!options.quiet) await client.stdout(`${state}\n`);
  return state === 'running' ? 0 : 1;
}
