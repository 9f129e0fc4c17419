/** What legitimately differs from one run to the next, and what to write in its place. */
const RULES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\b((?:Exec)?(?:Main|Control)PID)=[1-9]\d*/g, '$1=<pid>'],
  [/\b(InvocationID)=[0-9a-f]{32}\b/g, '$1=<id>'],
  [/\b(PID:?) [1-9]\d*/g, '$1 <pid>'],
  // list-jobs: the number of a job, with the padding that its width takes
  [/^ *\d+ +(?=\S+\.\S+ +(?:start|stop|restart|reload|verify-active|nop) )/gm, '<job> '],
  [/^JOB +/gm, 'JOB '],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [A-Z]+/g, '<time>'],
  [/<time>; .* ago$/gm, '<time>; <ago>'],
];

/** A command's output without pids, ids, times and job numbers, so that two runs can be compared. */
export function normalise(text: string): string {
  return RULES.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
