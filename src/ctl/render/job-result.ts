/** What systemctl says about a job that did not come to a good end: systemd's src/shared/bus-wait-for-jobs.c. */
import type { JobResult, ServiceState } from '../../manager/api.ts';
import type { UnitName } from '../../units/name.ts';

/** `service`: the result of the unit, which is the reason of a failed job. */
export function jobFailure(name: UnitName, result: JobResult, service: ServiceState['result'] | undefined): string {
  switch (result) {
    case 'canceled':
      return `Job for ${name} canceled.`;
    case 'timeout':
      return `Job for ${name} timed out.`;
    case 'dependency':
      return `A dependency job for ${name} failed. See 'journalctl -xe' for details.`;
    case 'invalid':
      return `${name} is not active, cannot reload.`;
    case 'assert':
      return `Assertion failed on job for ${name}.`;
    case 'unsupported':
      return `Operation on or unit type of ${name} not supported on this system.`;
    case 'collected':
      return `Queued job for ${name} was garbage collected.`;
    case 'once':
      return `Unit ${name} was started already once and can't be started again.`;
    case 'failed':
    case 'done':
    case 'skipped':
      return name.endsWith('.service')
        ? serviceFailure(name, service)
        : 'Job failed. See "journalctl -xe" for details.';
  }
}

const reasons: Readonly<Partial<Record<ServiceState['result'], string>>> = {
  resources: 'of unavailable resources or another system error',
  protocol: 'the service did not take the steps required by its unit configuration',
  timeout: 'a timeout was exceeded',
  'exit-code': 'the control process exited with error code',
  signal: 'a fatal signal was delivered to the control process',
  'core-dump': 'a fatal signal was delivered causing the control process to dump core',
  watchdog: 'the service failed to send watchdog ping',
  'start-limit-hit': 'start of the service was attempted too often',
  'oom-kill': 'of an out-of-memory (OOM) situation',
};

function serviceFailure(name: UnitName, result: ServiceState['result'] | undefined): string {
  const reason = result === undefined ? undefined : reasons[result];
  // A shell takes a backslash, which escaped names have, for its own.
  const word = name.includes('\\') ? `"${name.replaceAll('\\', '\\\\')}"` : name;
  const lines = [
    `Job for ${name} failed${reason === undefined ? '' : ` because ${reason}`}.`,
    `See "systemctl status ${word}" and "journalctl -xeu ${word}" for details.`,
  ];
  if (result === 'start-limit-hit') {
    lines.push(`To force a start use "systemctl reset-failed ${word}"`, `followed by "systemctl start ${word}" again.`);
  }
  return lines.join('\n');
}
