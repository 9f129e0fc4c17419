/** What CPUSchedulingPriority= and IOScheduling…= come to together. Source: config_parse_exec_cpu_sched_policy(), config_parse_exec_io_class() in systemd's src/core/load-fragment.c. */
import { ioClasses, schedulingPolicies } from './word-list.ts';

/** A policy that is set later brings the priority into its own bounds: 1 to 99 for the real-time ones, 0 for all others. */
export function schedulingPriority(accepted: ReadonlyMap<string, string>): number {
  const keys = [...accepted.keys()];
  const priority = Number(accepted.get('CPUSchedulingPriority') ?? 0);
  const policy = accepted.get('CPUSchedulingPolicy');
  if (policy === undefined || keys.indexOf('CPUSchedulingPolicy') < keys.indexOf('CPUSchedulingPriority'))
    return priority;
  const place = schedulingPolicies.split(' ').indexOf(policy);
  return place === 1 || place === 2 ? Math.min(99, Math.max(1, priority)) : 0;
}

/** undefined: as it is. Without a class of its own a command is of the second, level 4. */
export function ioPriority(
  accepted: ReadonlyMap<string, string>,
): { readonly class: number; readonly level: number } | undefined {
  let isSet = false;
  let [kind, level] = [2, 4];
  for (const [key, text] of accepted) {
    if (key === 'IOSchedulingClass') kind = ioClasses.split(' ').indexOf(text);
    else if (key === 'IOSchedulingPriority') level = Number(text);
    else continue;
    isSet = true;
    // "none" is what the kernel makes of it.
    if (kind <= 0) [kind, level] = [2, 4];
  }
  return isSet ? { class: kind, level } : undefined;
}
