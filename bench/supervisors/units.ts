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
  command: ['/bench/bin/pidone'],
  control: {
    status: control(systemctl, 'is-active'),
    stop: control(systemctl, 'stop'),
    start: control(systemctl, 'start'),
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
