/** The manager in its process: the core with its shell, and the faces, which are loaded when the first client comes. */
import type { Given, Handler } from './ctl/port.ts';
import type { Host, HostEffect, HostEvent, Program } from './host.d.ts';
import { type Clients, createClients } from './main/clients.ts';
import { createFaceWaits, type FaceWaits } from './main/face-port.ts';
import { version } from './main/version.ts';
import { openTape, type Tape } from './manager/recording.ts';
import { createShell, type Shell } from './manager/shell.ts';

interface Running {
  readonly shell: Shell;
  readonly clients: Clients;
  readonly waits: FaceWaits;
}

/** `mode`: a replay of a recording is not recorded again. */
export function program(host: Host, mode: 'live' | 'replay' = 'live'): Program {
  let running: Running | undefined;
  let tape: Tape | undefined;
  /** Exceptions are for the host, which ends this process; a recording has them too. */
  function noted<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      tape?.threw(error);
      throw error;
    }
  }
  function handle(event: HostEvent): void {
    if (event.kind === 'start') {
      const path = variableOf(event.facts.environment, 'PIDONE_RECORD');
      tape = path === undefined || mode === 'replay' ? undefined : openTape(host, path, version);
      tape?.event(event);
      running = start(tape?.host ?? host, event);
      return;
    }
    if (running === undefined) throw new Error(`internal error: ${event.kind} before start`);
    tape?.event(event);
    const { shell, clients, waits } = running;
    shell.at(event.clock);
    shell.handle(event);
    waits.handle(event);
    clients.handle(event);
  }
  return {
    handle(event: HostEvent) {
      noted(() => {
        handle(event);
      });
    },
    flush() {
      const effects: HostEffect[] = [];
      if (running === undefined) return effects;
      const { shell, clients, waits } = running;
      noted(() => {
        shell.flush(effects, waits.deadline());
        clients.flush(effects);
      });
      tape?.effects(effects);
      return effects;
    },
  };
}

function variableOf(environment: readonly string[], name: string): string | undefined {
  return environment.find((assignment) => assignment.startsWith(`${name}=`))?.slice(name.length + 1);
}

function start(host: Host, event: Extract<HostEvent, { kind: 'start' }>): Running {
  const { facts, clock } = event;
  const shell = createShell(host, facts, clock);
  const waits = createFaceWaits(host);
  const clients = createClients({
    text: host,
    load: () => {
      const { serve } = host.load('ctl/serve.ts') as { readonly serve: (given: Given) => Handler };
      return serve({
        api: shell.api,
        face: waits.port,
        files: host,
        journal: host,
        journalRoot: shell.journalRoot,
        units: shell.openUnits,
        version,
        reach: 'unasked',
        testCondition: undefined,
        load: (part) => host.load(part),
      });
    },
    asked: (id) => {
      shell.api.asked(id);
    },
    answered: (id) => {
      shell.api.answered(id);
    },
    tell: (message) => {
      shell.log.manager('err', message);
    },
  });
  shell.at(clock);
  shell.start();
  return { shell, clients, waits };
}
