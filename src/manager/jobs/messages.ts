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
  if (verb === undefined || unit.type === 'target' || (type === 'start' && isUpAtOnce(unit))) return undefined;
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
  return { level: result === 'done' || result === 'canceled' ? 'info' : (levels[result] ?? 'warning'), message: text };
}

const levels: Partial<Readonly<Record<JobResult, LogLevel>>> = { failed: 'err', timeout: 'err' };

function endText(unit: Unit, type: JobType, result: JobResult, label: string): string | undefined {
  switch (type) {
    case 'start':
      if (result === 'done') return `${startedWord(unit)} ${label}.`;
      if (result === 'failed') return `Failed to start ${label}.`;
      if (result === 'timeout') return `Timed out starting ${label}.`;
      if (result === 'dependency') return `Dependency failed for ${label}.`;
      if (result === 'assert') return `Assertion failed for ${label}.`;
      if (result === 'unsupported') return `Starting of ${label} unsupported.`;
      return undefined;
    case 'stop':
    case 'restart':
      if (result === 'done') return `Stopped ${unit.type === 'target' ? 'target ' : ''}${label}.`;
      if (result === 'failed') return `Stopped (with error) ${label}.`;
      if (result === 'timeout') return `Timed out stopping ${label}.`;
      return undefined;
    case 'reload':
      if (result === 'done') return `Reloaded ${label}.`;
      if (result === 'failed') return `Reload failed for ${label}.`;
      if (result === 'timeout') return `Timed out reloading ${label}.`;
      return undefined;
    case 'verify-active':
      return result === 'dependency' ? `Dependency failed for ${label}.` : undefined;
    case 'nop':
      return undefined;
  }
}

function startedWord(unit: Unit): string {
  if (unit.type === 'target') return 'Reached target';
  return unit.service?.type === 'oneshot' ? 'Finished' : 'Started';
}
