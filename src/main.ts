/** The manager in its process: the core with its shell, and the faces, which are loaded when the first client comes. */
import type { Host, HostEffect, HostEvent, Program } from './host.d.ts';
import { createShell, type Shell } from './manager/shell.ts';

export function program(host: Host): Program {
  let shell: Shell | undefined;
  return {
    handle(event: HostEvent) {
      if (event.kind === 'start') {
        shell = createShell(host, event.facts, event.clock);
        shell.at(event.clock);
        shell.start();
        return;
      }
      if (shell === undefined) throw new Error(`internal error: ${event.kind} before start`);
      shell.at(event.clock);
      shell.handle(event);
    },
    flush() {
      const effects: HostEffect[] = [];
      shell?.flush(effects, undefined);
      return effects;
    },
  };
}
