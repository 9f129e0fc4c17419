/** What `show` without a unit knows: systemd's src/core/dbus-manager.c. */
import { formatDuration } from '../../units/values/duration.ts';
import type { ManagedCall } from '../call.ts';
import { ownLimits } from './limit-properties.ts';
import { list, type Property } from './property.ts';
import { timestamp } from './time.ts';

export function managerProperties(call: ManagedCall): readonly Property[] {
  const { services, options } = call;
  const system = call.api.system();
  const timeout = formatDuration(90_000_000);
  const row = (name: string, value: string | number): Property => ({ name, value: () => String(value) });
  return [
    row('Version', `252 pidone ${services.version}`),
    row('Virtualization', system.container === '' ? 'container-other' : system.container),
    row('UserspaceTimestamp', timestamp(services.face, system.started.realtime, options.timestampStyle)),
    row('UserspaceTimestampMonotonic', system.started.monotonic),
    row('LogLevel', 'info'),
    row('NNames', system.units),
    row('NFailedUnits', system.failed),
    row('NJobs', system.jobs),
    { name: 'Environment', value: () => list(system.environment) },
    { name: 'UnitPath', value: () => list(services.units().options.searchPath) },
    row('DefaultStandardOutput', 'journal'),
    row('DefaultStandardError', 'inherit'),
    row('ServiceWatchdogs', 'yes'),
    row('SystemState', system.state),
    row('DefaultTimeoutStartUSec', timeout),
    row('DefaultTimeoutStopUSec', timeout),
    row('DefaultTimeoutAbortUSec', timeout),
    row('DefaultRestartUSec', '100ms'),
    row('DefaultStartLimitIntervalUSec', '10s'),
    row('DefaultStartLimitBurst', 5),
    ...[...ownLimits(call)].flatMap(([name, [soft, hard]]) => [
      row(`Default${name}`, hard),
      row(`Default${name}Soft`, soft),
    ]),
    row('DefaultOOMScoreAdjust', 0),
  ];
}
