import type { ManagerApi } from '../../manager/api.ts';
import { complain } from '../call.ts';
import type { ClientPort, Invocation, Services } from '../port.ts';
import type { Palette } from '../render/colour.ts';
import type { AnalyzeOptions } from './options.ts';

/** One command line of systemd-analyze under way: what every verb gets. */
export interface AnalyzeCall {
  readonly services: Services;
  readonly invocation: Invocation;
  readonly client: ClientPort;
  readonly palette: Palette;
  readonly options: AnalyzeOptions;
  /** The verb's own arguments. */
  readonly words: readonly string[];
}

/** One that a manager answers. */
export interface ManagedAnalyzeCall extends AnalyzeCall {
  readonly api: ManagerApi;
}

/** What is said to --user and --global. */
export function systemOnly({ options }: Pick<AnalyzeCall, 'options'>): string {
  return `pidone manages the system only: --${options.scope} cannot be served.`;
}

/** A sentence for stderr, and the status 1. */
export async function refuse(call: Pick<AnalyzeCall, 'client' | 'palette'>, sentence: string): Promise<number> {
  await complain(call, sentence);
  return 1;
}
