/** The lives of packages' services that take their time to start, to stop or to come again. */
import { testLives } from '../container/life.ts';

testLives('slow', {
  // Ends when it has nothing more to do: cron.daily waits for five minutes.
  anacron: { process: 'anacron', question: 'true', reload: 'no', killed: 'failed (failed)' },
  // Its unit knows no main process; the others go when the one that is killed is gone, and its command to stop finds nobody.
  'postfix@-': {
    process: 'master',
    question: greets(25),
    killed: 'failed (failed)',
  },
  proftpd: {
    process: 'proftpd',
    question: greets(21),
    killed: 'failed (failed)',
  },
  'rabbitmq-server': { process: 'beam.smp', question: 'rabbitmqctl status', reload: 'no' },
  smbd: { process: 'smbd', question: 'smbclient -N -L //127.0.0.1', killed: 'failed (failed)' },
  supervisor: { process: 'supervisord', question: 'test "$(supervisorctl pid)" -gt 1' },
  tomcat10: { process: 'java', question: 'curl -fs http://127.0.0.1:8080/', reload: 'no' },
  'unattended-upgrades': { process: 'unattended-upgr', question: 'true', reload: 'no', killed: 'failed (failed)' },
});

/** Something answers at a port, as SMTP and FTP do. */
function greets(port: number): string {
  return `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${String(port)}; read -u 3 line; [[ $line = "220 "* ]]'`;
}
