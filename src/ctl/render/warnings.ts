import type { UnitName } from '../../units/name.ts';
import { complain, type ManagedCall } from '../call.ts';

/** Names the units whose files are not as they were read. */
export async function warnOfChangedFiles(call: ManagedCall, names: readonly UnitName[]): Promise<void> {
  for (const name of names) {
    if (!call.api.isLoaded(name) || !call.api.view(name).needDaemonReload) continue;
    await complain(
      call,
      `Warning: The unit file, source configuration file or drop-ins of ${name} changed on disk. Run 'systemctl daemon-reload' to reload units.`,
      'warning',
    );
  }
}
