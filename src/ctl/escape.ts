/** systemd-escape: between strings and names of units. systemd's src/escape/escape.c. */
import type { ClientPort, Invocation, Services } from './port.ts';
import { versionText } from './systemctl.ts';

export async function runEscape(services: Services, invocation: Invocation, client: ClientPort): Promise<number> {
  if (invocation.arguments.includes('--version')) {
    await client.stdout(versionText(services));
    return 0;
  }
  await client.stderr('Not enough arguments.\n');
  return 1;
}
