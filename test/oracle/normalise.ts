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
  [/^( +Duration:) .*$/gm, '$1 <duration>'],
  [/^( +Process:) \d+/gm, '$1 <pid>'],
];

/** Properties that are sets: systemd prints them in the order of a hash table. */
const SETS = /^(Names|Wants|Requires|BindsTo|After|Before|RequiredBy|WantedBy)=(.*)$/gm;

/** A command's output without pids, ids, times and job numbers, and with sets sorted, so that two runs can be compared. */
export function normalise(text: string): string {
  const plain = RULES.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
  return plain.replace(SETS, (_line, name: string, words: string) => `${name}=${words.split(' ').sort().join(' ')}`);
}
