import { join } from 'node:path';

import { binFolder, projectRoot } from '../../scripts/build/layout.ts';
import { existsSync } from 'node:fs';
import { systemctlFolder } from '../peers/packages.ts';
import type { Service, StageFile, Supervisor } from './supervisor.ts';

/** The services as units that multi-user.target wants: for pidone, and for systemctl.py. */
function units(services: readonly Service[]): StageFile[] {
  return services.flatMap(({ name, command }) => [
    {
      path: `/etc/systemd/system/${name}.service`,
      text:
        `[Unit]\nDescription=${name}\nStartLimitIntervalSec=0\n` +
        `[Service]\nExecStart=${command.join(' ')}\nRestart=always\nRestartSec=0\n[Install]\nWantedBy=multi-user.target\n`,
    },
    {
      path: `/etc/systemd/system/multi-user.target.wants/${name}.service`,
      target: `/etc/systemd/system/${name}.service`,
    },
  ]);
}

/** Services that a target comes after, should they ever start: so all of them are loaded. */
function knownUnits(count: number): StageFile[] {
  const names = Array.from({ length: count }, (_, slot) => `known${String(slot)}.service`);
  const directory = '/etc/systemd/system';
  return [
    ...names.map((name, slot) => ({
      path: `${directory}/${name}`,
      text:
        `[Unit]\nDescription=${name}\nAfter=network.target ${names[slot - 1] ?? ''}\nWants=${slot % 10 === 0 ? '' : (names[slot - 1] ?? '')}\n` +
        `[Service]\nExecStart=/bin/true --number ${String(slot)}\nRestart=on-failure\nEnvironment=NUMBER=${String(slot)}\n`,
    })),
    { path: `${directory}/known.target`, text: `[Unit]\nAfter=${names.join(' ')}\n` },
    { path: `${directory}/multi-user.target.wants/known.target`, target: '../known.target' },
  ];
}

const control = (program: readonly string[], verb: string) => (service: string) => [
  ...program,
  verb,
  `${service}.service`,
];

const systemctl = ['/bench/bin/systemctl'];

export const pidone: Supervisor = {
  name: 'pidone',
  source: { kind: 'folder', folder: join(projectRoot, binFolder) },
  missing: () =>
    existsSync(join(projectRoot, binFolder, 'pidone')) ? undefined : `needs ${binFolder}/pidone: npm run build`,
  files: units,
  known: knownUnits,
  command: ['/bench/bin/pidone'],
  control: {
    status: control(systemctl, 'is-active'),
    stop: control(systemctl, 'stop'),
    start: control(systemctl, 'start'),
    reload: [...systemctl, 'daemon-reload'],
    log: (service) => `/bench/bin/journalctl -u ${service} -o cat --no-pager`,
  },
  manager: 'pidone-manager',
  pause: 100,
  patience: 30,
};

/** It conflicts with systemd's own package, so it lies in a folder of its own. */
const python = ['/usr/bin/python3', `${systemctlFolder}/usr/bin/systemctl`];

export const systemctlPy: Supervisor = {
  name: 'systemctl.py',
  source: { kind: 'packages', packages: ['systemctl'] },
  files: units,
  command: [...python, '--init', 'default'],
  control: {
    status: control(python, 'is-active'),
    stop: control(python, 'stop'),
    start: control(python, 'start'),
  },
  pause: 1200,
  patience: 180,
};
