/** What `show`, `status` and list-sockets know of a socket: systemd's src/core/dbus-socket.c, src/systemctl/systemctl-show.c. */
import type { UnitView } from '../../manager/api.ts';
import type { SocketCommands } from '../../units/trigger-model.ts';
import { listensOf } from '../../units/socket-settings.ts';
import type { ManagedCall } from '../call.ts';
import { execProperties, killProperties } from './exec-properties.ts';
import { constant, type Property, property } from './property.ts';
import { commandText } from './service-properties.ts';
import { harmless } from './text.ts';

/** One line of Listen=: `/run/a (Stream)`. */
export function listenLines({ unit }: UnitView): readonly { readonly address: string; readonly kind: string }[] {
  return listensOf(unit.accepted).map(({ address, kind }) => ({
    address: /^\d+$/.test(address) ? `[::]:${address}` : address,
    kind,
  }));
}

export function socketProperties(
  call: ManagedCall,
  view: UnitView,
  { commands, exec, kill }: SocketCommands,
): readonly Property[] {
  const state = view.own?.type === 'socket' ? view.own.own : undefined;
  const running = state?.command === undefined ? undefined : state.runs[state.command.phase]?.[state.command.index];
  const { accepted } = view.unit;
  return [
    ...execProperties(call, exec, 0n),
    ...killProperties(kill),
    constant('KeyringMode', accepted.get('KeyringMode') ?? 'shared'),
    constant('Result', view.result),
    constant('ControlPID', String(running?.pid ?? 0)),
    constant('NConnections', String(state?.connections.length ?? 0)),
    constant('NAccepted', String(state?.accepted ?? 0)),
    constant('NRefused', String(state?.refused ?? 0)),
    ...(accepted.has('Listen')
      ? [property('Listen', () => listenLines(view).map(({ address, kind }) => `${address} (${kind})`))]
      : []),
    ...(['ExecStartPre', 'ExecStartPost', 'ExecStop', 'ExecStopPost'] as const).flatMap((slot) =>
      commands[slot].length === 0
        ? []
        : [
            property(slot === 'ExecStop' ? 'ExecStopPre' : slot, () =>
              commands[slot].map((command, at) => commandText(call, command, state?.runs[slot]?.[at], false)),
            ),
          ],
    ),
  ];
}

/** Where it listens, and how many have come. */
export function socketLines(view: UnitView): readonly string[] {
  const { unit, own } = view;
  if (unit.socket === undefined) return [];
  const lines = listenLines(view).map(
    ({ address, kind }, at) => `${at === 0 ? '     Listen:' : '            '} ${harmless(address)} (${kind})`,
  );
  if (own?.type !== 'socket' || unit.accepted.get('Accept') !== 'yes') return lines;
  const { accepted, connections, refused } = own.own;
  const counts = `   Accepted: ${accepted}; Connected: ${connections.length};`;
  return [...lines, refused > 0 ? `${counts}   Refused: ${refused}` : counts];
}
