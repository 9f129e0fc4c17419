/** --wait: until the service is down again, and what became of it. systemd's src/run/run.c, start_transient_service(). */
import type { UnitView } from '../../manager/api.ts';
import type { UnitName } from '../../units/name.ts';
import { formatDuration } from '../../units/values/duration.ts';
import { formatSignal } from '../../units/values/signal.ts';
import { complain } from '../call.ts';
import type { RunCall } from '../run.ts';

/** The exit status that systemd-run gives. */
export async function waitForEnd(call: RunCall, name: UnitName): Promise<number> {
  const { api, client, options } = call;
  for (;;) {
    const view = api.view(name);
    const isDown = view.active === 'inactive' || view.active === 'failed';
    if (isDown && view.job === undefined) {
      if (!options.flags.has('quiet') && (options.flags.has('wait') || options.flags.has('shell')))
        await complain(call, report(view).join('\n'), 'info');
      return statusOf(view);
    }
    await Promise.race([api.changed(), client.gone]);
    if (client.isGone()) return 1;
  }
}

function report({ service, stamps }: UnitView): readonly string[] {
  const lines = [`Finished with result: ${service?.result ?? 'n/a'}`];
  const end = service?.mainRun?.end;
  if (end !== undefined && end.code !== 'unknown') {
    const status = end.code === 'exited' ? String(end.status) : formatSignal(end.status).replace(/^SIG/, '');
    lines.push(`Main processes terminated with: code=${end.code}/status=${status}`);
  }
  const { inactiveEnter, inactiveExit } = stamps;
  const runtime = inactiveEnter.monotonic - inactiveExit.monotonic;
  if (inactiveExit.monotonic > 0 && runtime > 0) lines.push(`Service runtime: ${formatDuration(runtime, 1000)}`);
  return lines;
}

/** The service's own where it has one; a signal is an exception. */
function statusOf({ service }: UnitView): number {
  const status = service?.mainRun?.end?.status ?? 0;
  switch (service?.result) {
    case 'success':
      return 0;
    case 'exit-code':
      return status > 0 ? status : 1;
    case 'signal':
      return 255;
    default:
      return 1;
  }
}
