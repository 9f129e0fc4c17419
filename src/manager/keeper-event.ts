/** What a keeper says of a unit's processes, as the event that machines take. */
import type { Errno, Host } from '../host.d.ts';
import type { Frame } from '../wire/schema.ts';
import { endCodes, senders, slots } from '../wire/schema.ts';
import type { ServiceEvent, SlotName } from './service/event.ts';
import { notificationFields } from './service/notify.ts';
import type { ProcessEnd } from './service/state.ts';
import type { Pid } from './state.ts';

/** undefined: the frame is not about processes. `outOfMemory`: whether the container has run out of it since the last question. */
export function keeperEvent(frame: Frame, host: Host, outOfMemory: () => boolean): ServiceEvent | undefined {
  switch (frame.name) {
    case 'started': {
      const { slot, pid, errno, step } = frame.body;
      const why = errno === 0 ? '' : host.errorText(errno as Errno);
      if (pid === 0)
        return {
          kind: 'run-failed',
          slot: slotName(slot),
          result: 'resources',
          exitStatus: undefined,
          why: `${notForked[step] ?? 'Failed to fork'}: ${why}`,
        };
      return { kind: 'started', slot: slotName(slot), pid: pid as Pid, errno, step, why };
    }
    case 'exited': {
      const { slot, pid, code, status, empty, children } = frame.body;
      const end: ProcessEnd = { code: endNames[code] ?? 'unknown', status };
      return {
        kind: 'exited',
        slot: slotName(slot),
        pid: pid as Pid,
        end,
        empty: empty !== 0,
        ...(end.code === 'killed' && status === 9 && outOfMemory() ? { outOfMemory: true } : undefined),
        children: children as readonly Pid[],
      };
    }
    case 'empty':
      return { kind: 'empty' };
    case 'notify': {
      const { sender, pid, uid, text } = frame.body;
      const fields = notificationFields(host.decode(text, 0, text.length));
      return { kind: 'notify', sender: senderNames[sender] ?? 'foreign', pid: pid as Pid, uid, fields };
    }
    case 'stored':
      return { kind: 'stored', count: frame.body.count };
    case 'adopted':
      return { kind: 'adopted', pid: frame.body.pid as Pid, errno: frame.body.errno };
    default:
      return undefined;
  }
}

/** Why a command was not even forked. */
const notForked: Readonly<Record<string, string>> = {
  NAMED_FD: 'Failed to load a named file descriptor',
  SOCKET: 'Not exactly one socket for standard input or output',
};

const endNames: Readonly<Record<number, ProcessEnd['code']>> = {
  [endCodes.exited]: 'exited',
  [endCodes.killed]: 'killed',
  [endCodes.dumped]: 'dumped',
};

const senderNames: Readonly<Record<number, 'main' | 'control' | 'other'>> = {
  [senders.main]: 'main',
  [senders.control]: 'control',
  [senders.other]: 'other',
};

function slotName(slot: number): SlotName {
  return slot === slots.main ? 'main' : 'control';
}
