/** dump: what the manager knows of its units and jobs, for a person to read. Its form is nobody's interface, as systemd's is not. */
import type { Stamp, UnitView } from '../../manager/api.ts';
import { globPattern } from '../../units/glob.ts';
import { harmless } from '../render/text.ts';
import { timestamp } from '../render/time.ts';
import type { ManagedAnalyzeCall } from './call.ts';

const dependencyKinds =
  'Requires Requisite Wants BindsTo PartOf Upholds RequiredBy RequisiteOf WantedBy BoundBy UpheldBy ConsistsOf Conflicts ConflictedBy Before After OnFailure OnFailureOf OnSuccess OnSuccessOf Triggers TriggeredBy PropagatesReloadTo ReloadPropagatedFrom PropagatesStopTo StopPropagatedFrom JoinsNamespaceOf'.split(
    ' ',
  );

/** With patterns only the units of these names. */
export async function dump(call: ManagedAnalyzeCall): Promise<number> {
  const { api, client } = call;
  const patterns = call.words.map(globPattern);
  const isAsked = (name: string): boolean => patterns.length === 0 || patterns.some((pattern) => pattern.test(name));
  if (patterns.length === 0) await client.stdout(managerText(call));
  for (const view of api.list().toSorted((a, b) => (a.unit.name < b.unit.name ? -1 : 1))) {
    if (client.isGone()) break;
    if (isAsked(view.unit.name)) await client.stdout(unitText(call, view));
  }
  if (patterns.length === 0) for (const job of api.jobs()) await client.stdout(jobText(job));
  return 0;
}

function managerText(call: ManagedAnalyzeCall): string {
  const { started, bootUsec } = call.api.system();
  return (
    `Manager: pidone ${call.services.version}\n` +
    `Started: ${when(call, started)}\n` +
    `Boot: ${bootUsec === undefined ? 'goes on' : `done after ${bootUsec}us`}\n`
  );
}

function unitText(call: ManagedAnalyzeCall, view: UnitView): string {
  const { unit, stamps, condition, assertResult, service } = view;
  const { common } = unit;
  const lines: (readonly [string, string])[] = [
    ['Description', common.description],
    ['Unit Load State', unit.load],
    ['Unit Active State', `${view.active} (${view.sub})`],
    ['Result', view.result],
    ['State Change Timestamp', when(call, stamps.stateChange)],
    ['Inactive Exit Timestamp', when(call, stamps.inactiveExit)],
    ['Active Enter Timestamp', when(call, stamps.activeEnter)],
    ['Active Exit Timestamp', when(call, stamps.activeExit)],
    ['Inactive Enter Timestamp', when(call, stamps.inactiveEnter)],
    ['Need Daemon Reload', view.needDaemonReload ? 'yes' : 'no'],
    ['Garbage Collection Mode', common.collectMode],
    ...unit.names.map((name) => ['Name', name] as const),
    ['Fragment Path', unit.fragmentPath],
    ...unit.dropInPaths.map((path) => ['DropIn Path', path] as const),
    ['Condition Timestamp', when(call, condition.stamp)],
    ['Condition Result', result(condition.result)],
    ['Assert Result', result(assertResult)],
    ...dependencyKinds.flatMap((kind) => call.api.dependencies(unit.name, kind).map((other) => [kind, other] as const)),
    ['Load Error', unit.loadError],
    ['Stand-in', unit.standIn?.reason ?? ''],
    ...view.notices.map((text) => ['Notice', text] as const),
    ['Keepers', view.keepers.join(' ')],
    ['State', service === undefined ? '' : JSON.stringify(service)],
    ['Job', view.job === undefined ? '' : `${view.job.type} (${view.job.id})`],
  ];
  const shown = lines.filter(([, text]) => text !== '');
  return `-> Unit ${harmless(unit.name)}:\n${shown.map(([what, text]) => `\t${what}: ${harmless(text)}\n`).join('')}`;
}

function jobText({ id, unit, type, state }: ReturnType<ManagedAnalyzeCall['api']['jobs']>[number]): string {
  return `-> Job ${id}:\n\tAction: ${unit} -> ${type}\n\tState: ${state}\n`;
}

function when(call: ManagedAnalyzeCall, { realtime }: Stamp): string {
  return timestamp(call.services.face, realtime) || 'n/a';
}

function result(value: boolean | undefined): string {
  return value === undefined ? '' : value ? 'yes' : 'no';
}
