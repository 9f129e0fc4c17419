/** What `show` knows of a unit, by systemd's names, formats and order: src/core/dbus-unit.c. */
import type { UnitView } from '../../manager/api.ts';
import type { Condition, ScopeSettings, Unit } from '../../units/model.ts';
import { isTransient } from '../../units/install/paths.ts';
import type { UnitName } from '../../units/name.ts';
import type { ManagedCall } from '../call.ts';
import { droppedCapabilities } from '../../units/values/capability.ts';
import { acceptedProperties } from './accepted-properties.ts';
import { fileStateOf } from '../file-state.ts';
import { execProperties, killProperties, unsetExecProperties } from './exec-properties.ts';
import { loadErrorText } from './load-error.ts';
import { constant, list, type Property, property, yes } from './property.ts';
import { inOrder } from './property-order.ts';
import { commandProperties, serviceProperties, serviceStateProperties } from './service-properties.ts';
import { socketProperties } from './socket-properties.ts';
import { span, stamps } from './stamp-properties.ts';
import { cleanProperty, sliceProperties, triggerProperties } from './trigger-properties.ts';
import { timerProperties } from './timer-properties.ts';
import { descriptionOf } from './unit-look.ts';

/** `whole` gives the unit with all that its files say: of a stand-in the manager has kept only what others need. */
export function unitProperties(
  call: ManagedCall,
  view: UnitView,
  whole: (name: UnitName) => Unit,
): readonly Property[] {
  const { service } = view;
  const unit = view.unit.standIn === undefined ? view.unit : whole(view.unit.name);
  const own: Property[] = [...commonProperties(call, view, unit)];
  const settings = unit.service;
  // What was not read has no settings, and systemd's defaults are shown.
  const wasRead = unit.load === 'loaded' || unit.load === 'bad-setting';
  if (settings !== undefined && wasRead) {
    own.push(...serviceProperties(settings));
    if (service !== undefined) own.push(...serviceStateProperties(call, view, settings, service));
    else own.push(...commandProperties(call, settings, {}));
    own.push(
      ...execProperties(call, settings.exec, droppedCapabilities(unit.accepted)),
      ...killProperties(settings.kill),
    );
  } else if (unit.socket !== undefined && wasRead) {
    own.push(...socketProperties(call, { ...view, unit }, unit.socket));
  } else {
    own.push(...unsetExecProperties(call, unit.type));
  }
  if (unit.path !== undefined && wasRead) own.push(constant('Result', view.result));
  if (unit.timer !== undefined && wasRead) own.push(...timerProperties(call, view, unit.timer));
  if (unit.scope !== undefined && wasRead) own.push(...scopeProperties(view, unit.scope));
  own.push(...acceptedProperties(call, unit));
  if (wasRead) own.push(...sliceProperties(call, unit), ...triggerProperties(unit), cleanProperty(unit));
  return inOrder(unit.type, own);
}

function scopeProperties(view: UnitView, { kill, timeoutStop, runtimeMax }: ScopeSettings): readonly Property[] {
  return [
    constant('TimeoutStopUSec', span(timeoutStop)),
    constant('RuntimeMaxUSec', span(runtimeMax)),
    constant('Result', view.result),
    ...killProperties(kill),
  ];
}

const dependencyProperties =
  'Requires Requisite Wants BindsTo PartOf Upholds RequiredBy RequisiteOf WantedBy BoundBy UpheldBy ConsistsOf Conflicts ConflictedBy Before After OnFailure OnFailureOf OnSuccess OnSuccessOf Triggers TriggeredBy PropagatesReloadTo ReloadPropagatedFrom PropagatesStopTo StopPropagatedFrom JoinsNamespaceOf';

function commonProperties(call: ManagedCall, view: UnitView, whole: Unit): readonly Property[] {
  const { unit, stamps: at } = view;
  const { common } = unit;
  const { api } = call;
  const isLoaded = unit.load === 'loaded';
  return [
    constant('Id', unit.name),
    property('Names', () => list(unit.names)),
    ...dependencyProperties.split(' ').map((kind) => property(kind, () => list(api.dependencies(unit.name, kind)))),
    property('RequiresMountsFor', () => list(common.requiresMountsFor)),
    property('Documentation', () => list(common.documentation)),
    property('Description', () => descriptionOf(view)),
    constant('LoadState', unit.load),
    constant('ActiveState', view.active),
    constant('FreezerState', view.service?.frozen === true ? 'frozen' : 'running'),
    constant('SubState', view.sub),
    constant('FragmentPath', unit.fragmentPath),
    constant('SourcePath', common.sourcePath),
    property('DropInPaths', () => list(unit.dropInPaths)),
    property('UnitFileState', () => fileStateOf(call, unit)?.state ?? ''),
    property('UnitFilePreset', () => {
      const file = fileStateOf(call, unit);
      return file === undefined ? '' : file.preset ? 'enabled' : 'disabled';
    }),
    ...stamps(call, 'StateChangeTimestamp', at.stateChange),
    ...stamps(call, 'InactiveExitTimestamp', at.inactiveExit),
    ...stamps(call, 'ActiveEnterTimestamp', at.activeEnter),
    ...stamps(call, 'ActiveExitTimestamp', at.activeExit),
    ...stamps(call, 'InactiveEnterTimestamp', at.inactiveEnter),
    constant('CanStart', yes(isLoaded && !common.refuseManualStart && unit.type !== 'scope')),
    constant('CanStop', yes(!common.refuseManualStop && unit.type !== 'device' && unit.name !== '-.slice')),
    property('CanReload', () => yes(view.canReload || (whole.service?.commands.ExecReload.length ?? 0) > 0)),
    constant('CanIsolate', yes(isLoaded && common.allowIsolate)),
    constant('CanFreeze', yes(isLoaded && unit.service !== undefined)),
    property('Job', () => (view.job === undefined ? '' : String(view.job.id))),
    constant('StopWhenUnneeded', yes(common.stopWhenUnneeded)),
    constant('RefuseManualStart', yes(common.refuseManualStart)),
    constant('RefuseManualStop', yes(common.refuseManualStop)),
    constant('AllowIsolate', yes(common.allowIsolate)),
    constant('DefaultDependencies', yes(common.defaultDependencies)),
    constant('OnSuccessJobMode', common.onSuccessJobMode),
    constant('OnFailureJobMode', common.onFailureJobMode),
    constant('IgnoreOnIsolate', yes(common.ignoreOnIsolate)),
    property('NeedDaemonReload', () => yes(view.needDaemonReload)),
    property('JobTimeoutUSec', () => span(common.jobTimeout)),
    property('JobRunningTimeoutUSec', () => span(common.jobRunningTimeout)),
    constant('JobTimeoutAction', common.jobTimeoutAction),
    constant('ConditionResult', yes(view.condition.result ?? false)),
    constant('AssertResult', yes(view.assertResult ?? false)),
    ...stamps(call, 'ConditionTimestamp', view.condition.stamp),
    ...stamps(call, 'AssertTimestamp', view.assertResult === undefined ? undefined : view.condition.stamp),
    ...conditionProperty('Condition', common.conditions),
    ...conditionProperty('Assert', common.asserts),
    constant('LoadError', loadErrorText(unit)),
    constant('Transient', yes(isTransient(unit.fragmentPath))),
    constant('Perpetual', yes(unit.name === '-.slice')),
    property('StartLimitIntervalUSec', () => span(common.startLimitInterval)),
    constant('StartLimitBurst', String(common.startLimitBurst)),
    constant('StartLimitAction', common.startLimitAction),
    constant('FailureAction', common.failureAction),
    property('FailureActionExitStatus', () => String(common.failureActionExitStatus ?? '[not set]')),
    constant('SuccessAction', common.successAction),
    property('SuccessActionExitStatus', () => String(common.successActionExitStatus ?? '[not set]')),
    constant('InvocationID', view.service?.invocation ?? view.own?.own.invocation ?? ''),
    constant('CollectMode', common.collectMode),
  ];
}

/** systemctl 252 has no form for them. */
function conditionProperty(word: 'Condition' | 'Assert', all: readonly Condition[]): readonly Property[] {
  return all.length === 0 ? [] : [property(`${word}s`, () => all.map((each) => conditionText(word, each)))];
}

function conditionText(word: string, { kind, trigger, negate, parameter }: Condition): string {
  return `${word}${kind}=${trigger ? '|' : ''}${negate ? '!' : ''}${parameter}`;
}
