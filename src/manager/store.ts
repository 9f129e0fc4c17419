/**
 * What must survive the manager: every unit's state, jobs, requests that wait, keepers with their outboxes. One file of
 * JSON lines below the run directory: what changed is appended before an effect leaves; a later line about the same thing
 * replaces an earlier one; when the file has grown it is written anew in one step. A last line that was torn by a death is
 * as if it had not been: no effect of it had left.
 */
import type { HostFiles } from '../host.d.ts';
import type { UnitName } from '../units/name.ts';
import type { JobOutcome } from './api.ts';
import type { KeeperRecord } from './keepers.ts';
import { type StoredUnit, storeUnit } from './store-unit.ts';
import type { Job, JobId, KeeperId, Stamp } from './state.ts';
import type { World } from './world.ts';

export type StorePort = Pick<HostFiles, 'readFile' | 'writeFile' | 'openAppend' | 'append' | 'close'>;

/** What is true of the system as a whole. */
export interface StoredHead {
  readonly bootTarget: UnitName;
  readonly bootDone: boolean;
  /** Left out: it is not known. */
  readonly bootUsec?: number;
  readonly generating: World['generating'];
  readonly nextJob: number;
  readonly nextKeeper: number;
  readonly shutdown: World['shutdown'];
  /** Left out: false. */
  readonly watchdogsOff?: boolean | undefined;
  /** When the first manager began. */
  readonly started: Stamp;
  /** `systemctl set-environment`: changes to the container's environment. */
  readonly set: readonly string[];
  readonly unset: readonly string[];
}

export interface Stored {
  readonly head: StoredHead | undefined;
  readonly units: ReadonlyMap<UnitName, StoredUnit>;
  readonly jobs: ReadonlyMap<JobId, Job>;
  readonly keepers: ReadonlyMap<KeeperId, KeeperRecord>;
  readonly requests: ReadonlyMap<string, StoredRequest>;
  /** Lines that could not be read, the last one (torn) not counted. */
  readonly bad: number;
}

export interface StoredRequest {
  readonly names: readonly UnitName[];
  readonly jobs: readonly JobId[];
  readonly results: readonly (readonly [JobId, JobOutcome])[];
  readonly holds?: UnitName | undefined;
}

/** What is looked at to be saved. */
export interface StoreSource {
  readonly world: World;
  readonly keepers: ReadonlyMap<KeeperId, KeeperRecord>;
  takeDirtyKeepers(): ReadonlySet<KeeperId>;
  started(): Stamp;
  environmentChanges(): { readonly set: ReadonlyMap<string, string>; readonly unset: readonly string[] };
}

export interface Store {
  /** What an earlier manager left. */
  load(): Stored;
  /** Writes what has changed. Never throws; says when it could not, once, and writes all when it can again. */
  save(source: StoreSource): void;
}

type Line =
  | { readonly k: 'head'; readonly v: StoredHead }
  | { readonly k: 'unit'; readonly i: UnitName; readonly v?: StoredUnit | undefined }
  | { readonly k: 'job'; readonly i: JobId; readonly v?: Job | undefined }
  | { readonly k: 'keeper'; readonly i: KeeperId; readonly v?: KeeperRecord | undefined }
  | { readonly k: 'requests'; readonly v: Readonly<Record<string, StoredRequest>> };

/** Bytes; a file is written anew when it is longer than this and four times its first length. */
const smallFile = 256 * 1024;
/** Of those whose client never came back, no more stay. */
const requestsKept = 200;
const longestFile = 512 * 1024 * 1024;

export function createStore(port: StorePort, path: string, tell: (message: string) => void): Store {
  let handle = -1;
  let length = 0;
  let firstLength = 0;
  /** Something could not be written: the file is not to be believed until it is written anew. */
  let broken = true;
  let told = false;
  let lastHead = '';
  let lastRequests = '{}';
  /** Jobs that the file has: one that came and went between two writes leaves no trace. */
  const storedJobs = new Set<JobId>();

  function writeAll(source: StoreSource): void {
    const text = allLines(source);
    if (handle >= 0) port.close(handle);
    handle = -1;
    const error = port.writeFile(path, text, 0o600);
    if (error === undefined) handle = port.openAppend(path, 0o600);
    broken = error !== undefined || handle < 0;
    length = text.length;
    firstLength = text.length;
    if (broken && !told)
      tell(`cannot write ${path} (errno ${error ?? -handle}): a new manager would not know the units' state`);
    else if (!broken && told) tell(`${path} is written again`);
    told = broken;
  }

  function allLines(source: StoreSource): string {
    const { world, keepers } = source;
    lastHead = JSON.stringify(headOf(source));
    lastRequests = JSON.stringify(requestsOf(world));
    let text = `{"k":"head","v":${lastHead}}\n{"k":"requests","v":${lastRequests}}\n`;
    for (const record of world.records.values()) {
      const stored = storeUnit(record);
      if (stored !== undefined) text += line({ k: 'unit', i: record.unit.name, v: stored });
    }
    storedJobs.clear();
    for (const job of world.jobs.values()) {
      storedJobs.add(job.id);
      text += line({ k: 'job', i: job.id, v: job });
    }
    for (const keeper of keepers.values()) text += line({ k: 'keeper', i: keeper.id, v: keeper });
    return text;
  }

  function changedLines(source: StoreSource, dirtyKeepers: ReadonlySet<KeeperId>): string {
    const { world, keepers } = source;
    let text = '';
    for (const name of world.dirty) {
      const record = world.records.get(name);
      text += line({ k: 'unit', i: name, v: record === undefined ? undefined : storeUnit(record) });
    }
    for (const id of world.dirtyJobs) {
      const job = world.jobs.get(id);
      if (job !== undefined) storedJobs.add(id);
      else if (!storedJobs.delete(id)) continue;
      text += line({ k: 'job', i: id, v: job });
    }
    for (const id of dirtyKeepers) text += line({ k: 'keeper', i: id, v: keepers.get(id) });
    const head = JSON.stringify(headOf(source));
    if (head !== lastHead) text += `{"k":"head","v":${head}}\n`;
    lastHead = head;
    if (world.requests.size > 0 || lastRequests !== '{}') {
      const requests = JSON.stringify(requestsOf(world));
      if (requests !== lastRequests) text += `{"k":"requests","v":${requests}}\n`;
      lastRequests = requests;
    }
    return text;
  }

  return {
    load: () => parseState(port.readFile(path, longestFile)),
    save(source) {
      const dirtyKeepers = source.takeDirtyKeepers();
      if (broken || (length > smallFile && length > 4 * firstLength)) {
        writeAll(source);
      } else {
        const text = changedLines(source, dirtyKeepers);
        if (text !== '' && port.append(handle, text) !== undefined) writeAll(source);
        else length += text.length;
      }
      source.world.dirty.clear();
      source.world.dirtyJobs.clear();
    },
  };
}

/** Reads the lines; a text that is none (an errno: no file) is an empty state. */
export function parseState(text: string | number): Stored {
  const units = new Map<UnitName, StoredUnit>();
  const jobs = new Map<JobId, Job>();
  const keepers = new Map<KeeperId, KeeperRecord>();
  let requests: ReadonlyMap<string, StoredRequest> = new Map();
  let head: StoredHead | undefined;
  let bad = 0;
  if (typeof text === 'string') {
    const lines = text.split('\n');
    // What stands behind the last newline was torn.
    lines.pop();
    for (const each of lines) {
      const parsed = parseLine(each);
      switch (parsed?.k) {
        case 'head':
          head = parsed.v;
          break;
        case 'unit':
          put(units, parsed.i, parsed.v);
          break;
        case 'job':
          put(jobs, parsed.i, parsed.v);
          break;
        case 'keeper':
          put(keepers, parsed.i, parsed.v);
          break;
        case 'requests':
          requests = new Map(Object.entries(parsed.v).slice(-requestsKept));
          break;
        case undefined:
          bad += 1;
      }
    }
  }
  return { head, units, jobs, keepers, requests, bad };
}

function parseLine(text: string): Line | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('k' in value)) return undefined;
    const { k, i, v } = value as { readonly k: unknown; readonly i?: unknown; readonly v?: unknown };
    // A thing of its kind, or that one is no more.
    const isWhole = typeof v === 'object' && v !== null;
    const isOne = (k === 'unit' || k === 'job' || k === 'keeper') && i !== undefined && (isWhole || v === undefined);
    return isOne || ((k === 'head' || k === 'requests') && isWhole) ? (value as Line) : undefined;
  } catch {
    return undefined;
  }
}

function put<K, V>(map: Map<K, V>, key: K, value: V | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

function line(value: Line): string {
  return `${JSON.stringify(value)}\n`;
}

function headOf(source: StoreSource): StoredHead {
  const { bootTarget, bootDone, bootUsec, generating, nextJob, nextKeeper, shutdown } = source.world;
  const watchdogsOff = source.world.watchdogsOff || undefined;
  const changes = source.environmentChanges();
  const set: string[] = [];
  for (const [name, value] of changes.set) set.push(`${name}=${value}`);
  const started = source.started();
  const head = {
    bootTarget,
    bootDone,
    bootUsec,
    generating,
    nextJob,
    nextKeeper,
    shutdown,
    watchdogsOff,
    started,
    set,
  };
  return { ...head, unset: changes.unset };
}

function requestsOf(world: World): Readonly<Record<string, StoredRequest>> {
  const all: Record<string, StoredRequest> = Object.create(null) as Record<string, StoredRequest>;
  for (const [id, request] of world.requests) all[id] = { ...request, results: [...request.results] };
  return all;
}
