/** What a keeper is told of its unit when it is made: where its output goes, who may speak to it. */
import type { NotifyAccess, ServiceSettings } from '../units/model.ts';
import type { FrameFields } from '../wire/schema.ts';
import { consoleModes, senders } from '../wire/schema.ts';
import type { KeeperRecord } from './keepers.ts';
import { wantsContainerTerminal } from './terminal.ts';
import type { JournalSettings } from './journal-settings.ts';
import { facilityOf, logFields, wantsConsole } from './log-settings.ts';
import type { World } from './world.ts';

/** Where this manager keeps what keepers write, and what of it goes to the container's stdout. */
export interface KeepPlaces {
  readonly runtimeDirectory: string;
  /** '': there is no journal. */
  readonly journalRoot: string;
  readonly consoleMode: keyof typeof consoleModes;
  readonly journalSettings: JournalSettings;
}

/** Bytes of one journal file, and how many are kept beside the current one. */
export const journalSize = { journalBytes: 4n * 1024n * 1024n, journalFiles: 4 } as const;

export function keepFields(world: World, places: KeepPlaces, record: KeeperRecord): FrameFields<'keep'> {
  const known = world.records.get(record.unit);
  const unit = known?.unit;
  const service = unit?.service;
  const exec = service?.exec;
  const notifyPath = notifyPathOf(world, places, record);
  return {
    keeper: record.id,
    unit: record.unit,
    notifyPath: notifyPath === '' ? undefined : notifyPath,
    journalDirectory: places.journalRoot === '' ? undefined : `${places.journalRoot}/${record.unit}`,
    ...journalSize,
    invocation: record.invocation,
    identifier: identifierOf(service),
    consoleMode: consoleModes[wantsConsole(unit) && places.consoleMode === 'none' ? 'prefixed' : places.consoleMode],
    level: (exec?.syslogLevel ?? 6) | (facilityOf(unit) << 3),
    levelPrefix: exec?.syslogLevelPrefix === false ? 0 : 1,
    terminal: exec !== undefined && wantsContainerTerminal(exec) ? 1 : undefined,
    forwardSyslog: places.journalSettings.forward ? 1 : undefined,
    ...logFields(unit, places.journalSettings.limit, known?.state.type === 'service' && known.state.service.debug),
    storeMax: service !== undefined && service.fileDescriptorStoreMax > 0 ? service.fileDescriptorStoreMax : undefined,
    storeFrom: service === undefined ? undefined : storeFrom[service.notifyAccess],
  };
}

/** NotifyAccess= as bits of the senders: the keeper, which has the descriptors, must not store a stranger's. */
const storeFrom: Readonly<Record<NotifyAccess, number>> = {
  none: 0,
  main: 1 << senders.main,
  exec: (1 << senders.main) | (1 << senders.control),
  all: (1 << senders.main) | (1 << senders.control) | (1 << senders.other),
};

/** SyslogIdentifier=; by default the name of the program (systemd.exec(5)). */
function identifierOf(service: ServiceSettings | undefined): string | undefined {
  const own = service?.exec.syslogIdentifier;
  if (own !== undefined && own !== '') return own;
  const path = service?.commands.ExecStart[0]?.path;
  return path?.slice(path.lastIndexOf('/') + 1);
}

/** '': nobody of the unit may speak to its keeper. */
export function notifyPathOf(world: World, places: KeepPlaces, record: KeeperRecord): string {
  const service = world.records.get(record.unit)?.unit.service;
  if (service === undefined || service.notifyAccess === 'none') return '';
  return `${places.runtimeDirectory}/notify/${record.id}`;
}
