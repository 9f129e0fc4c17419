/** What fields entries of the journal have, and which values. */
import { unitsWithJournal } from '../journal/files.ts';
import { readForward } from '../journal/read.ts';
import type { JournalctlOptions } from './options/journalctl.ts';
import type { ClientPort, Services } from './port.ts';
import { fieldsOf } from './render/entry-fields.ts';
import { harmless } from './render/text.ts';

/** -F, -N: of all entries, whatever else is asked for. */
export async function listFields(
  { journal, journalRoot, face }: Services,
  { field, action }: JournalctlOptions,
  client: ClientPort,
): Promise<void> {
  const found = new Set<string>();
  for (const entry of readForward(journal, journalRoot, unitsWithJournal(journal, journalRoot), {})) {
    const fields = fieldsOf(entry, face.hostName());
    if (action === 'fields') for (const name of Object.keys(fields)) found.add(name);
    else if (Object.hasOwn(fields, field)) found.add(fields[field] ?? '');
  }
  for (const text of found) await client.stdout(`${harmless(text)}\n`);
}
