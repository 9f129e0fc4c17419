/** list-jobs, cancel. systemd's src/systemctl/systemctl-list-jobs.c. */
import { complain, columnsOf, type ManagedCall } from '../call.ts';
import type { JobId } from '../../manager/api.ts';
import { renderTable } from '../render/table.ts';
import { namesMatching } from './list-units.ts';

export async function listJobs(call: ManagedCall): Promise<number> {
  const { api, client, options, palette } = call;
  const matches = namesMatching(call.words);
  const jobs = api.jobs().filter(({ unit }) => matches?.(unit) !== false);
  if (jobs.length === 0) {
    if (options.legend)
      await client.stdout(palette.good(api.jobs().length === 0 ? 'No jobs running.' : 'No jobs listed.') + '\n');
    return 0;
  }
  const table = renderTable({
    header: ['JOB', 'UNIT', 'TYPE', 'STATE'],
    rows: [...jobs]
      .sort((a, b) => a.id - b.id)
      .map((job) => {
        const paint = job.state === 'running' ? palette.bold : undefined;
        return {
          cells: [{ text: String(job.id) }, { text: job.unit, paint }, { text: job.type }, { text: job.state, paint }],
        };
      }),
    withHeader: options.legend,
    palette,
    width: columnsOf(call),
  });
  const count = palette.bold(`${jobs.length} jobs listed`);
  await client.stdout(options.legend ? `${table}\n${count}.\n` : table);
  return 0;
}

/** Without a number, all jobs. */
export async function cancel(call: ManagedCall): Promise<number> {
  const { api } = call;
  const words = call.words.length === 0 ? api.jobs().map(({ id }) => String(id)) : call.words;
  let status = 0;
  for (const word of words) {
    if (!/^\d{1,10}$/.test(word)) {
      await complain(call, `Failed to parse job id "${word}": Invalid argument`);
      return 1;
    }
    const outcome = api.cancelJob(Number(word) as JobId);
    if (outcome.ok) continue;
    await complain(call, `Failed to cancel job ${word}: ${outcome.error.message}`);
    status = 1;
  }
  return status;
}
