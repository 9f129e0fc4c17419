import type { Supervisor } from './supervisor.ts';

const configuration = '/etc/bench-supervisord.conf';
const control = (verb: string) => (service: string) => ['/usr/bin/supervisorctl', '-c', configuration, verb, service];

const head = `[supervisord]
nodaemon=true
user=root
logfile=/dev/null
logfile_maxbytes=0
pidfile=/run/supervisord.pid
[unix_http_server]
file=/run/supervisord.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix:///run/supervisord.sock
`;

export const supervisord: Supervisor = {
  name: 'supervisord',
  source: { kind: 'packages', packages: ['supervisor'] },
  files: (services) => [
    {
      path: configuration,
      text:
        head +
        services
          .map(
            ({ name, command, logged }) =>
              `[program:${name}]\ncommand=${command.join(' ')}\nautorestart=true\n` +
              `stdout_logfile=${logged ? `/var/log/${name}.log` : 'NONE'}\nstdout_logfile_maxbytes=20MB\nstderr_logfile=NONE\n`,
          )
          .join(''),
    },
  ],
  command: ['/usr/bin/supervisord', '-c', configuration],
  control: {
    status: control('status'),
    stop: control('stop'),
    start: control('start'),
    log: (service) => `cat /var/log/${service}.log`,
  },
  pause: 1200,
  patience: 60,
};
