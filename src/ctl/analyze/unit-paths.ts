import { searchPathFrom } from '../../units/search-path.ts';
import { type AnalyzeCall, refuse, systemOnly } from './call.ts';

/** The directories where unit files are looked for, whether they exist or not: `$SYSTEMD_UNIT_PATH`, or the system's. */
export async function unitPaths({ client, palette, options, invocation }: AnalyzeCall): Promise<number> {
  if (options.scope !== 'system') return refuse({ client, palette }, systemOnly({ options }));
  const directories = searchPathFrom(invocation.environment.get('SYSTEMD_UNIT_PATH'), invocation.directory);
  await client.stdout(directories.map((directory) => `${directory}\n`).join(''));
  return 0;
}
