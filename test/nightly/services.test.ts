/** The lives of packages' services that take their time to start, to stop or to come again. */
import { testLives } from '../container/life.ts';

testLives('slow', {
  // Ends when it has nothing more to do: cron.daily waits for five minutes.
  anacron: { process: 'anacron', question: 'true', reload: 'no', killed: 'failed (failed)' },
  // Its unit knows no main process; the others go when the one that is killed is gone.
  'postfix@-': {
    process: 'master',
    question: 'test "$(postfix status 2>&1 | grep -c "is running")" = 1',
    killed: 'inactive (dead)',
  },
  proftpd: {
    process: 'proftpd',
    question: `bash -c 'exec 3<>/dev/tcp/127.0.0.1/21; read -u 3 line; [[ $line = "220 "* ]]'`,
    killed: 'failed (failed)',
  },
  'rabbitmq-server': { process: 'beam.smp', question: 'rabbitmqctl status', reload: 'no' },
  smbd: { process: 'smbd', question: 'smbclient -N -L //127.0.0.1', killed: 'failed (failed)' },
  supervisor: { process: 'supervisord', question: 'test "$(supervisorctl pid)" -gt 1' },
  tomcat10: { process: 'java', question: 'curl -fs http://127.0.0.1:8080/', reload: 'no' },
  'unattended-upgrades': { process: 'unattended-upgr', question: 'true', reload: 'no', killed: 'failed (failed)' },
});
