import type { Draft } from './draft.ts';
import type { ServiceType } from './model.ts';

/** What a service is when Type= does not say: man systemd.service. */
export function serviceType(draft: Draft): ServiceType {
  if (draft.service.type !== undefined) return draft.service.type;
  if (draft.service.busName !== '') return 'dbus';
  return draft.commands.ExecStart.length > 0 ? 'simple' : 'oneshot';
}

/** Why systemd would not load this service (LoadState=bad-setting), or undefined. Source: service_verify() in systemd's src/core/service.c. */
export function explainBadService(draft: Draft, type: ServiceType): string | undefined {
  const { service, commands, common, kill } = draft;
  const starts = commands.ExecStart.length;
  if (starts === 0 && commands.ExecStop.length === 0 && common.successAction === 'none') {
    return 'Service has no ExecStart=, ExecStop=, or SuccessAction=';
  }
  if (type !== 'oneshot' && starts === 0) {
    return 'Service has no ExecStart=, which is only allowed for Type=oneshot services';
  }
  if (!service.remainAfterExit && starts === 0 && common.successAction === 'none') {
    return 'Service has no ExecStart= and no SuccessAction=, and does not have RemainAfterExit=yes set';
  }
  if (type !== 'oneshot' && starts > 1) {
    return 'Service has more than one ExecStart=, which is only allowed for Type=oneshot services';
  }
  if (type === 'oneshot' && (service.restart === 'always' || service.restart === 'on-success')) {
    return `Service has Restart=${service.restart}, which is not allowed for Type=oneshot services`;
  }
  const forced = service.restartForceExitStatus;
  if (type === 'oneshot' && forced.statuses.size + forced.signals.size > 0) {
    return 'Service has RestartForceExitStatus=, which is not allowed for Type=oneshot services';
  }
  if (type === 'oneshot' && service.exitType === 'cgroup') {
    return "Service has ExitType=cgroup set, which isn't allowed for Type=oneshot services";
  }
  if (type === 'dbus' && service.busName === '') return 'Service is of type D-Bus but has no BusName=';
  if ((draft.accepted.get('PAMName') ?? '') !== '' && kill.mode !== 'control-group' && kill.mode !== 'mixed') {
    return "Service has PAM enabled; KillMode= must be 'control-group' or 'mixed'";
  }
  return undefined;
}
