import { complain, type ManagedCall } from '../call.ts';

/** poweroff, reboot, halt, exit [STATUS]: everything stops and the container ends; whether it starts again is its engine's decision. */
export async function shutdown(call: ManagedCall): Promise<number> {
  const [word = '0'] = call.words;
  const status = call.verb === 'exit' ? Number(word) : 0;
  if (call.verb === 'exit' && (!/^\d{1,3}$/.test(word) || status > 255)) {
    await complain(call, `Invalid exit code: ${word}`);
    return 1;
  }
  call.api.shutdown(status);
  return 0;
}
