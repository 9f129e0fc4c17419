/** What every program says of itself. */
import type { ClientPort, Services } from './port.ts';

/** A command line that asks for nothing but that, or for the words that an option may have. */
export type AboutItself = { readonly kind: 'help' | 'version' } | { readonly kind: 'choices'; readonly text: string };

export async function tellItself(
  asked: AboutItself,
  help: string,
  services: Services,
  client: ClientPort,
): Promise<number> {
  await client.stdout(asked.kind === 'choices' ? asked.text : asked.kind === 'help' ? help : versionText(services));
  return 0;
}

/** Scripts read the number between `systemd` and a parenthesis. */
function versionText({ version }: Services): string {
  return `systemd 252 (pidone ${version})\n${engineLine}`;
}

/** Under its own name it says its own. */
export function ownVersionText({ version }: Services): string {
  return `pidone ${version} (systemd 252 compatible)\n${engineLine}`;
}

const engineLine = 'engine QuickJS 2025-04-26\n';
