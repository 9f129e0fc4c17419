/** status: units with their processes and last lines of the log; without a name, the system as a whole. */
import type { UnitView } from '../../manager/api.ts';
import { readLast } from '../../journal/read.ts';
import { complain, columnsOf, type ManagedCall } from '../call.ts';
import { renderEntry } from '../render/entry.ts';
import { processesBelow, renderProcesses } from '../render/process-tree.ts';
import { renderStatus } from '../render/status.ts';
import { harmless } from '../render/text.ts';
import { ago, timestamp } from '../render/time.ts';
import { descriptionOf } from '../render/unit-look.ts';
import { sortedByType } from './list-units.ts';
import { isNumber, namedUnits } from './named-units.ts';

/** 0: all are up; else what the first that is not gives: 3, it is down or failed; 4, it does not exist. */
export async function status(call: ManagedCall): Promise<number> {
  const { api, words, options } = call;
  if (words.length === 0 && options.states.length === 0 && options.types.length === 0 && !options.all) {
    return systemStatus(call);
  }
  const pids = words.filter((word) => isNumber(word));
  const names = await namedUnits(call);
  if (names === undefined) return 1;
  let worst = 0;
  for (const pid of pids) {
    const unit = api.unitOfPid(Number(pid));
    if (unit !== undefined) names.push(unit);
    else {
      await complain(call, `Failed to get unit for PID ${pid}: PID ${pid} does not belong to any loaded unit.`);
      worst = 1;
    }
  }
  const views = words.length === 0 ? chosen(call) : names.map((name) => api.view(name));
  let first = true;
  for (const view of views) {
    if (view.unit.load === 'not-found' && view.active === 'inactive') {
      await complain(call, `Unit ${view.unit.name} could not be found.`);
      if (worst === 0) worst = 4;
      continue;
    }
    await call.client.stdout((first ? '' : '\n') + renderStatus(call, view) + logLines(call, view));
    first = false;
    if (view.needDaemonReload) {
      await complain(
        call,
        `Warning: The unit file, source configuration file or drop-ins of ${view.unit.name} changed on disk. Run 'systemctl daemon-reload' to reload units.`,
        'warning',
      );
    }
    if (worst === 0 && (view.active === 'inactive' || view.active === 'failed')) worst = 3;
    if (call.client.isGone()) break;
  }
  return worst;
}

function chosen({ api, options }: ManagedCall): readonly UnitView[] {
  return sortedByType(
    api.list().filter(({ unit, active, sub }) => {
      if (options.types.length > 0 && !options.types.includes(unit.type)) return false;
      if (options.states.length === 0) return options.all || active !== 'inactive';
      return [unit.load, active, sub].some((state) => options.states.includes(state));
    }),
  );
}

/** The last lines since the unit left `inactive` (since the boot if it never did: what is wrong in its files), a blank line before them. */
function logLines(call: ManagedCall, view: UnitView): string {
  const { api, options, services } = call;
  if (options.lines === 0) return '';
  const left = view.stamps.inactiveExit.realtime;
  const since = left > 0 ? left : api.system().started.realtime;
  const entries = readLast(services.journal, services.journalRoot, [view.unit.name], { since }, options.lines);
  if (entries.length === 0) return '';
  const clock = services.face.clock();
  const style = {
    place: { sinceEpoch: clock.realtime - clock.monotonic, bootId: '', bootTime: Infinity, machineId: '' },
    fields: undefined,
    mode: options.output,
    hostName: services.face.hostName(),
    palette: call.palette,
    columns: columnsOf(call),
    raw: false,
  };
  return `\n${entries.map((entry) => renderEntry(services.face, entry, style)).join('')}`;
}

async function systemStatus(call: ManagedCall): Promise<number> {
  const { api, services, palette } = call;
  const system = api.system();
  const { face } = services;
  const paint = system.state === 'running' ? palette.good : system.state === 'degraded' ? palette.bad : palette.warn;
  const since = `${timestamp(face, system.started.realtime)}; ${ago(face.clock().realtime - system.started.realtime)}`;
  const lines = [
    `${paint('●')} ${harmless(face.hostName())}`,
    `    State: ${paint(system.state)}`,
    `    Units: ${system.units} loaded (incl. loaded aliases)`,
    `     Jobs: ${system.jobs} queued`,
    `   Failed: ${system.failed} units`,
    `    Since: ${since}`,
    `   pidone: ${services.version}`,
    '   CGroup: /',
  ];
  let text = lines.map((line) => `${line}\n`).join('');
  const units = sortedByType(api.list())
    .map((view) => ({ view, pids: processesBelow(services.files, view.keepers, view.members) }))
    .filter(({ pids }) => pids.length > 0);
  units.forEach(({ view, pids }, index) => {
    const last = index === units.length - 1;
    text += `           ${last ? '└─' : '├─'}${view.unit.name}${descriptionOf(view) === view.unit.name ? '' : palette.dim(` - ${harmless(descriptionOf(view))}`)}\n`;
    text += renderProcesses(services.files, pids, `           ${last ? '  ' : '│ '}`, palette, columnsOf(call));
  });
  await call.client.stdout(text);
  return 0;
}
