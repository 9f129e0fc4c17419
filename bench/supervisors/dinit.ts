import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Supervisor } from './supervisor.ts';

/** Debian 12 has no dinit: PIDONE_BENCH_DINIT names a folder with `dinit` and `dinitctl`. */
const folder = process.env['PIDONE_BENCH_DINIT'] ?? '';

const socket = '/run/dinit.sock';
const services = '/etc/bench-dinit';
const control = (verb: string) => (service: string) => ['/bench/bin/dinitctl', '-p', socket, verb, service];

export const dinit: Supervisor = {
  name: 'dinit',
  source: { kind: 'folder', folder },
  missing: () =>
    ['dinit', 'dinitctl'].every((program) => folder !== '' && existsSync(join(folder, program)))
      ? undefined
      : 'PIDONE_BENCH_DINIT names no folder with dinit and dinitctl',
  files: (all) => [
    ...all.map(({ name, command }) => ({
      path: `${services}/${name}`,
      text: `type = process\ncommand = ${command.join(' ')}\nrestart = true\n`,
    })),
    { path: `${services}/boot`, text: `type = internal\n${all.map(({ name }) => `waits-for: ${name}\n`).join('')}` },
  ],
  command: ['/bench/bin/dinit', '-o', '-q', '-d', services, '-p', socket],
  control: { status: control('is-started'), stop: control('stop'), start: control('start') },
  pause: 1200,
  patience: 30,
};
