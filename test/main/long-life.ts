/** A dozen units of all kinds, and all that can be done with them. */
import type { Life } from './life.ts';

const SECOND = 1_000_000;
const service = (...lines: readonly string[]): string => `[Service]\n${lines.join('\n')}\n`;
const after = (unit: string, ...lines: readonly string[]): string => `[Unit]\nAfter=${unit}\n${service(...lines)}`;

export const longLife: Life = {
  units: {
    'multi-user.target':
      '[Unit]\nAllowIsolate=yes\nWants=again.service notifies.service forks.service once.service fails.service stores.service deaf.service flaps.service bound.service idle.service\n',
    'quiet.target': '[Unit]\nAllowIsolate=yes\nRequires=forks.service\n',
    'again.service': service('ExecStart=/bin/again', 'Restart=always', 'RestartSec=1', 'ExecStopPost=/once/0/post'),
    'notifies.service': after(
      'again.service',
      'Type=notify',
      'ExecStartPre=/once/0/pre',
      'ExecStart=/ready/notifies',
      'ExecReload=/once/0/reload',
      'WatchdogSec=10',
      'Restart=on-watchdog',
      'RestartSec=0',
    ),
    'forks.service': after('notifies.service', 'Type=forking', 'ExecStart=/forking/forks', 'ExecStop=/once/0/stop'),
    'once.service': after(
      'forks.service',
      'Type=oneshot',
      'RemainAfterExit=yes',
      'StateDirectory=once',
      'ExecStart=/once/0/1',
      'ExecStart=-/once/3/2',
      'ExecStart=/once/0/3',
    ),
    'fails.service': `[Unit]\nOnFailure=helps.service\n${service('Type=exec', 'ExecStart=/once/7', 'ExecStopPost=/once/0/post')}`,
    'helps.service': service('Type=oneshot', 'ExecStart=/once/0/helps'),
    'stores.service': service(
      'Type=notify',
      'ExecStart=/storing/stores',
      'FileDescriptorStoreMax=3',
      'Restart=on-failure',
      'RestartSec=0',
    ),
    'deaf.service': service('ExecStart=/deaf/deaf', 'TimeoutStopSec=3'),
    'flaps.service': `[Unit]\nStartLimitBurst=3\nStartLimitIntervalSec=30\n${service('ExecStart=/once/1', 'Restart=on-failure', 'RestartSec=1')}`,
    'bound.service': `[Unit]\nBindsTo=again.service\nAfter=again.service\nPartOf=notifies.service\n${service('ExecStart=/bin/bound')}`,
    'idle.service': service('Type=idle', 'ExecStart=/obeys/idle', 'KillMode=mixed'),
  },
  steps: [
    { pass: 6 * SECOND },
    { ask: ['systemctl', 'is-system-running'] },
    { ask: ['systemctl', 'reload', 'notifies'] },
    { says: 'stores.service', text: 'STATUS=working' },
    { says: 'notifies.service', text: 'WATCHDOG=1' },
    { end: 'again.service', code: 'killed', status: 9 },
    { pass: 2 * SECOND },
    { ask: ['systemctl', 'start', 'bound'] },
    { end: 'stores.service', code: 'exited', status: 1 },
    { pass: SECOND },
    // The watchdog bites, and the service comes back.
    { pass: 12 * SECOND },
    { losesKeeper: 'again.service' },
    { pass: 2 * SECOND },
    { losesKeeper: 'deaf.service' },
    { pass: 5 * SECOND },
    { ask: ['systemctl', 'restart', 'forks', 'once'] },
    { ask: ['systemctl', 'start', 'deaf'] },
    { ask: ['systemctl', 'stop', 'deaf'] },
    { pass: 4 * SECOND },
    { ask: ['systemctl', 'daemon-reload'] },
    { ask: ['systemctl', 'try-restart', 'notifies', 'fails'] },
    { ask: ['systemctl', 'start', 'fails', 'deaf'] },
    { ask: ['systemctl', 'stop', 'once'] },
    { ask: ['systemctl', 'clean', '--what=state', 'once'] },
    { ask: ['systemctl', 'isolate', 'quiet.target'] },
    { pass: 4 * SECOND },
    { ask: ['systemctl', 'list-jobs', '--no-legend'] },
    { ask: ['systemctl', 'isolate', 'multi-user.target'] },
    { pass: 5 * SECOND },
    { ask: ['systemctl', 'kill', '-s', 'KILL', 'stores'] },
    { pass: SECOND },
    { ask: ['systemctl', 'reset-failed'] },
    { ask: ['systemctl', 'is-active', 'again', 'notifies', 'forks', 'once', 'stores', 'deaf', 'bound', 'idle'] },
  ],
};
