import type { ManagerApi } from '../manager/api.ts';
import type { SystemctlOptions } from './options/systemctl-options.ts';
import type { ClientPort, Invocation, Services } from './port.ts';
import type { Palette } from './render/colour.ts';
import { harmless } from './render/text.ts';

/** One command line under way: what every verb of systemctl gets. */
export interface Call {
  readonly services: Services;
  readonly invocation: Invocation;
  readonly client: ClientPort;
  readonly options: SystemctlOptions;
  readonly palette: Palette;
  /** The verb's own arguments. */
  readonly words: readonly string[];
  /** As it was typed: `condrestart`. */
  readonly verb: string;
}

/** A call that a manager answers. */
export interface ManagedCall extends Call {
  readonly api: ManagerApi;
}

/** A line for the client's stdout. */
export function say(call: Call, line: string): Promise<void> {
  return call.client.stdout(`${line}\n`);
}

/** A sentence for the client's stderr. Names that a user typed may be in it: they are made harmless. */
export function complain(
  call: Pick<Call, 'client' | 'palette'>,
  sentence: string,
  level: Level = 'error',
): Promise<void> {
  const paint = paintOf(call.palette, level);
  return call.client.stderr(
    sentence
      .split('\n')
      .map((line) => `${paint(harmless(line))}\n`)
      .join(''),
  );
}

/** How grave it is, which a terminal shows by a colour. */
export type Level = 'error' | 'warning' | 'notice' | 'info';

function paintOf(palette: Palette, level: Level): (text: string) => string {
  switch (level) {
    case 'error':
      return palette.bad;
    case 'warning':
      return palette.warn;
    case 'notice':
      return palette.bold;
    case 'info':
      return (text) => text;
  }
}

/** Text from outside as it may go to stdout: harmless where stdout is a terminal, as it is in a pipe. */
export function shown(call: Call, text: string): string {
  return call.invocation.terminal.stdout ? text.split('\n').map(harmless).join('\n') : text;
}

/** Columns to keep to, or undefined for a pipe and --full. */
export function columnsOf(call: Call): number | undefined {
  return call.options.full || !call.invocation.terminal.stdout ? undefined : Math.max(20, call.invocation.columns);
}

/** Why there is no manager to answer. */
export function noManager({ services, invocation }: Pick<Call, 'services' | 'invocation'>): string {
  return services.reach === 'closed'
    ? `${invocation.program}: cannot reach the manager: Permission denied`
    : noManagerAtAll;
}

/** systemd's sentence, for scripts that look for it. */
const noManagerAtAll =
  "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down";
