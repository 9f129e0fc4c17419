/** What conditions ask of the world: narrow, so that the tests can answer. */
import type { HostFacts, HostFiles } from '../host.d.ts';

export interface ConditionPort {
  readonly files: Pick<HostFiles, 'readFile' | 'readDirectory' | 'status' | 'statusNoFollow' | 'access'>;
  readonly facts: Pick<HostFacts, 'user' | 'group' | 'hostName' | 'kernel'>;
  /** The manager's effective user. */
  readonly uid: number;
  /** NAME → VALUE of the manager (ConditionEnvironment=). */
  environment(): ReadonlyMap<string, string>;
  readonly firstBoot: boolean;
}
