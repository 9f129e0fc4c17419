import { testLives } from './life.ts';

testLives('services', {
  apache2: { process: 'apache2', question: 'curl -fs http://127.0.0.1:8081/' },
  atd: { process: 'atd', question: 'test -e /run/atd.pid', reload: 'no' },
  cron: { process: 'cron', question: 'test -e /run/crond.pid', reload: 'no' },
  dnsmasq: {
    process: 'dnsmasq',
    question: 'test "$(dig +short -p 5353 @127.0.0.1 localhost)" = 127.0.0.1',
    killed: 'failed (failed)',
  },
  // Made of an init script, which is thought to be up until it is stopped.
  exim4: { process: 'exim4', question: tells(25, '220 '), killed: 'active (exited)' },
  fail2ban: { process: 'fail2ban-server', question: 'fail2ban-client ping' },
  haproxy: { process: 'haproxy', question: 'curl -fs http://127.0.0.1:8404/' },
  mariadb: {
    process: 'mariadbd',
    question: 'test "$(mariadb -Ne "select 6*7")" = 42',
    reload: 'no',
  },
  memcached: { process: 'memcached', question: tells(11211, 'VERSION', 'version'), reload: 'no' },
  named: { process: 'named', question: 'test "$(dig +short @127.0.0.1 localhost)" = 127.0.0.1' },
  nginx: { process: 'nginx', question: 'curl -fs http://127.0.0.1/', killed: 'failed (failed)' },
  'php8.2-fpm': {
    process: 'php-fpm8.2',
    question:
      'SCRIPT_NAME=/ping SCRIPT_FILENAME=/ping REQUEST_METHOD=GET cgi-fcgi -bind -connect /run/php/php-fpm.sock | grep pong',
    killed: 'failed (failed)',
  },
  // Its command to stop fails when nothing is there to be stopped.
  'postgresql@15-main': {
    process: 'postgres',
    question: 'test "$(runuser -u postgres -- psql -Atc "select 6*7")" = 42',
    killed: 'failed (failed)',
  },
  // Reloads by a signal that it does not catch.
  'prometheus-node-exporter': {
    process: 'prometheus-node',
    question: 'curl -fs http://127.0.0.1:9100/metrics | grep ^node_load1',
    reload: 'no',
  },
  'redis-sentinel': {
    process: 'redis-sentinel',
    question: 'test "$(redis-cli -p 26379 ping)" = PONG',
    reload: 'no',
  },
  'redis-server': { process: 'redis-server', question: 'test "$(redis-cli ping)" = PONG', reload: 'no' },
  rsyslog: { process: 'rsyslogd', question: 'logger here && grep here /var/log/syslog', reload: 'no' },
  snmpd: {
    process: 'snmpd',
    question: 'snmpget -v2c -c public 127.0.0.1 1.3.6.1.2.1.1.5.0',
    killed: 'failed (failed)',
  },
  // The first of its processes is the other's parent.
  squid: {
    process: 'squid',
    question: 'curl -fs -o /dev/null http://127.0.0.1:3128/squid-internal-static/icons/SN.png',
    killed: 'failed (failed)',
  },
  ssh: { process: 'sshd', question: 'ssh-keyscan -t ed25519 127.0.0.1 | grep ed25519' },
  vsftpd: { process: 'vsftpd', question: tells(21, '220 '), killed: 'failed (failed)' },
});

/** A question that is put to a port: something is said, and what comes begins so. */
function tells(port: number, beginning: string, said?: string): string {
  const say = said === undefined ? '' : `echo ${said} >&3;`;
  return `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${String(port)}; ${say} read -u 3 line; [[ $line = "${beginning}"* ]]'`;
}
