import type { Service, StageFile, Supervisor } from './supervisor.ts';

/** What runit and s6 share: a folder a service, with a script that becomes it, and one for its log. */
const folder = '/etc/bench-services';
const logs = '/var/log/bench';

function folders(services: readonly Service[], logger: (directory: string) => string): StageFile[] {
  return services.flatMap(({ name, command, logged }) => [
    { path: `${folder}/${name}/run`, text: `#!/bin/sh\nexec ${command.join(' ')}\n`, mode: 0o755 },
    ...(logged
      ? [
          {
            path: `${folder}/${name}/log/run`,
            text: `#!/bin/sh\nmkdir -p ${logs}/${name}\nexec ${logger(`${logs}/${name}`)}\n`,
            mode: 0o755,
          },
          // As pidone's journal is bounded; s6-log takes this from its command line.
          { path: `${logs}/${name}/config`, text: 's4194304\nn4\n' },
        ]
      : []),
  ]);
}

const log = (service: string): string => `cat ${logs}/${service}/@* ${logs}/${service}/current 2>/dev/null`;

export const runit: Supervisor = {
  name: 'runit',
  source: { kind: 'packages', packages: ['runit'] },
  files: (services) => folders(services, (directory) => `svlogd -tt ${directory}`),
  command: ['/usr/bin/runsvdir', '-P', folder],
  control: {
    status: (service) => ['/usr/bin/sv', 'status', `${folder}/${service}`],
    stop: (service) => ['/usr/bin/sv', '-w', '7', 'stop', `${folder}/${service}`],
    start: (service) => ['/usr/bin/sv', '-w', '7', 'start', `${folder}/${service}`],
    log,
  },
  pause: 1200,
  patience: 30,
};

export const s6: Supervisor = {
  name: 's6',
  source: { kind: 'packages', packages: ['s6'] },
  // As pidone's journal: with the time of each line, and bounded.
  files: (services) => folders(services, (directory) => `s6-log -b n4 s4194304 t ${directory}`),
  command: ['/usr/bin/s6-svscan', folder],
  control: {
    status: (service) => ['/usr/bin/s6-svstat', `${folder}/${service}`],
    stop: (service) => ['/usr/bin/s6-svc', '-wD', '-d', `${folder}/${service}`],
    start: (service) => ['/usr/bin/s6-svc', '-wu', '-u', `${folder}/${service}`],
    log,
  },
  pause: 1200,
  patience: 30,
};
