/** What a unit's journal says of its jobs (systemd's src/core/job.c, job_done_messages()). */
import type { Unit } from '../../units/model.ts';
import type { LogLevel } from '../effect.ts';
import type { JobResult, JobType } from '../state.ts';

/** "ssh.service - OpenBSD Secure Shell server" */
export function unitLabel(unit: Unit): string {
  const { description } = unit.common;
  return description === '' || description === unit.name ? unit.name : `${unit.name} - ${description}`;
}

/** Told when a job really begins something; undefined: nothing is told. */
export function beginMessage(unit: Unit, type: JobType): string | undefined {
  const verb = beginVerbs[type];
  if (verb === undefined || unit.type === 'target' || unit.type === 'socket' || (type === 'start' && isUpAtOnce(unit)))
    return undefined;
  return `${verb} ${unitLabel(unit)}...`;
}

/** Up as soon as it is forked: that it starts is not worth a line beside that it has started. */
function isUpAtOnce({ service }: Unit): boolean {
  return (
    (service?.type === 'simple' || service?.type === 'idle') &&
    service.commands.ExecCondition.length === 0 &&
    service.commands.ExecStartPre.length === 0
  );
}

const beginVerbs: Partial<Readonly<Record<JobType, string>>> = {
  start: 'Starting',
  stop: 'Stopping',
  reload: 'Reloading',
};

/** Told when a job ends; undefined: nothing is told. */
export function endMessage(
  unit: Unit,
  type: JobType,
  result: JobResult,
): { readonly level: LogLevel; readonly message: string } | undefined {
  const label = unitLabel(unit);
  const text = endText(unit, type, result, label);
  if (text === undefined) return undefined;
  return { level: levels[result], message: text };
}

const levels: Readonly<Record<JobResult, LogLevel>> = {
  done: 'info',
  canceled: 'info',
  timeout: 'err',
  failed: 'err',
  dependency: 'warning',
  skipped: 'notice',
  invalid: 'info',
  assert: 'warning',
  unsupported: 'warning',
  collected: 'info',
  once: 'err',
};

function endText(unit: Unit, type: JobType, result: JobResult, label: string): string | undefined {
  if (unit.type === 'socket' && (result === 'done' || result === 'failed')) {
    if (type === 'start') return `${result === 'done' ? 'Listening' : 'Failed to listen'} on ${label}.`;
    if (type === 'stop' || type === 'restart') return `${result === 'done' ? 'Closed' : 'Failed stopping'} ${label}.`;
  }
  switch (type) {
    case 'start':
      if (result === 'done') return `${startedWord(unit)} ${label}.`;
      if (result === 'failed') return `Failed to start ${label}.`;
      if (result === 'timeout') return `Timed out starting ${label}.`;
      if (result === 'dependency') return `Dependency failed for ${label}.`;
      if (result === 'assert') return `Assertion failed for ${label}.`;
      if (result === 'unsupported') return `Starting of ${label} unsupported.`;
      if (result === 'collected') return `Unnecessary job was removed for ${label}.`;
      if (result === 'once') return `Unit ${label} has been started before and cannot be started again.`;
      return undefined;
    case 'stop':
    case 'restart':
      if (result === 'done') return `Stopped ${unit.type === 'target' ? 'target ' : ''}${label}.`;
      if (result === 'failed') return `Stopped ${label} with error.`;
      if (result === 'timeout') return `Timed out stopping ${label}.`;
      return undefined;
    case 'reload':
      if (result === 'done') return `Reloaded ${label}.`;
      if (result === 'failed') return `Reload failed for ${label}.`;
      if (result === 'timeout') return `Timed out reloading ${label}.`;
      return undefined;
    case 'verify-active':
      // Why what requires it fails next.
      return result === 'skipped' ? `${label} is inactive.` : undefined;
    case 'nop':
      return undefined;
  }
}

function startedWord(unit: Unit): string {
  if (unit.type === 'target') return 'Reached target';
  return unit.service?.type === 'oneshot' ? 'Finished' : 'Started';
}
