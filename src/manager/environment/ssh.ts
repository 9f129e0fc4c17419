import type { Host } from '../../host.d.ts';
import type { Log } from '../log.ts';
export function giveSshTheEnvironment(
  _host: Host,
  _container: ReadonlyMap<string, string>,
  _runtime: string,
  _log: Log,
): void {
  // to come
}
