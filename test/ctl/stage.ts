/** The command line on a stage: real unit files in memory, a manager that does as the test says, a client that keeps what it gets. */
import type {
  JobOutcome,
  JobRequest,
  JobResult,
  JobView,
  ManagerApi,
  Outcome,
  ServiceState,
  UnitView,
} from '../../src/manager/api.ts';
import type { Errand } from '../../src/host.d.ts';
import type { Given, Invocation, Services } from '../../src/ctl/port.ts';
import * as analyze from '../../src/ctl/analyze.ts';
import * as run from '../../src/ctl/run.ts';
import * as escape from '../../src/ctl/escape.ts';
import * as fileVerbs from '../../src/ctl/file-verbs.ts';
import * as journalctl from '../../src/ctl/journalctl.ts';
import { serve } from '../../src/ctl/serve.ts';
import { freshState } from '../../src/manager/service/fresh.ts';
import { acceptedKindsOf } from '../../src/units/accepted-part.ts';
import { openUnits, type Units } from '../../src/units/load.ts';
import { specifiersOf } from '../../src/units/machine-specifiers.ts';
import type { JobId } from '../../src/manager/api.ts';
import type { JobMode } from '../../src/units/model.ts';
import type { UnitName } from '../../src/units/name.ts';
import { type FakeHost, fakeHost } from '../fake/host.ts';

export interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StageOptions {
  /** Below /etc/systemd/system unless they begin with a slash; `-> x` is a link. */
  readonly files?: Readonly<Record<string, string>>;
  /** What is loaded, and how it is. */
  readonly loaded?: Readonly<Record<string, Partial<UnitView>>>;
  /** What a request comes to: a refusal, or how its job ends. */
  readonly answer?: (what: JobRequest, name: UnitName, mode: JobMode) => Outcome<JobResult>;
  readonly jobs?: readonly JobView[];
  readonly api?: Partial<ManagerApi>;
  readonly managed?: boolean;
  readonly reach?: Services['reach'];
  readonly booting?: boolean;
  readonly terminal?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly columns?: number;
}

export interface Stage {
  readonly host: FakeHost;
  /** `systemctl start a` */
  run(command: string, again?: { readonly cursor: string }, directory?: string): Promise<Said>;
  /** What the manager was asked, in order. */
  readonly asked: string[];
  /** Cursors that the client was given. */
  readonly cursors: string[];
  /** What the client was to do. */
  readonly errands: Errand[];
  /** The client leaves. */
  leave(): void;
  /** Somebody waits for a change of the journal: it came. */
  change(): void;
}

export const begin = 1_767_225_600_000_000;

/** A moment so many seconds after the stage's clock began. */
export function stamp(seconds: number): { readonly realtime: number; readonly monotonic: number } {
  return { realtime: begin + seconds * 1_000_000, monotonic: 1_000_000 + seconds * 1_000_000 };
}

const never = { realtime: 0, monotonic: 0 };

export function service(words: Partial<ServiceState>): ServiceState {
  return { ...freshState(undefined), ...words };
}

export function stage(options: StageOptions = {}): Stage {
  const host = fakeHost({
    parts: {
      'ctl/file-verbs.ts': fileVerbs,
      'ctl/journalctl.ts': journalctl,
      'ctl/analyze.ts': analyze,
      'ctl/escape.ts': escape,
      'ctl/run.ts': run,
    },
  });
  host.memory.special('/dev/null', 'character', 0o666);
  for (const [path, text] of Object.entries(options.files ?? {})) {
    const whole = path.startsWith('/') ? path : `/etc/systemd/system/${path}`;
    if (text.startsWith('-> ')) host.memory.link(whole, text.slice(3));
    else host.memory.put(whole, text);
  }
  const open = (): Units =>
    openUnits(host, {
      searchPath: ['/etc/systemd/system'],
      root: '',
      specifiers: specifiersOf(host, [], 0),
      acceptedKinds: acceptedKindsOf(host),
    });
  const asked: string[] = [];
  const cursors: string[] = [];
  const errands: Errand[] = [];
  let leave = (): void => undefined;
  const gone = new Promise<void>((resolve) => (leave = resolve));
  let isGone = false;
  let change = (): void => undefined;
  const services: Given = {
    api: options.managed === false ? undefined : { ...fakeApi(open(), asked, options), ...options.api },
    face: {
      clock: () => host.clock(),
      hostName: () => 'box',
      at: () => Promise.resolve(),
      changed: (_, until) => Promise.race([new Promise<void>((resolve) => (change = resolve)), until]),
    },
    files: host,
    journal: host,
    journalRoot: '/var/log/pidone',
    units: open,
    version: '1.2.3',
    testCondition: undefined,
    reach: options.reach ?? 'absent',
    load: (part) => host.load(part),
  };
  const handle = serve(services);
  return {
    host,
    asked,
    cursors,
    errands,
    leave: () => {
      isGone = true;
      leave();
    },
    change: () => {
      change();
    },
    async run(command, again, directory = '/') {
      const [program = '', ...words] = command.split(' ');
      let [stdout, stderr] = ['', ''];
      const terminal = options.terminal ?? false;
      const invocation: Invocation = {
        id: 'request',
        again: again !== undefined,
        pid: 4321,
        cursor: again?.cursor ?? '',
        program,
        arguments: words.map((word) => word.replaceAll('\\_', ' ')),
        directory,
        columns: options.columns ?? 80,
        rows: 24,
        terminal: { stdin: terminal, stdout: terminal, stderr: terminal },
        environment: new Map(Object.entries({ TERM: 'xterm', ...options.environment })),
      };
      const status = await handle(invocation, {
        stdout: (text) => {
          stdout += text;
          return Promise.resolve();
        },
        stderr: (text) => {
          stderr += text;
          return Promise.resolve();
        },
        cursor: (text) => {
          cursors.push(text);
        },
        errand: (errand) => {
          errands.push(errand);
        },
        gone,
        isGone: () => isGone,
      });
      return { status, stdout, stderr };
    },
  };
}

function fakeApi(units: Units, asked: string[], options: StageOptions): ManagerApi {
  const ended = new Map<JobId, JobOutcome>();
  const requests = new Map<string, JobId[]>();
  const loaded = (): readonly UnitName[] => Object.keys(options.loaded ?? {}) as UnitName[];
  const view = (name: UnitName): UnitView => viewOf(units, name, options.loaded?.[name] ?? {});
  const note = (text: string): Outcome<undefined> => {
    asked.push(text);
    return { ok: true, value: undefined };
  };
  return {
    list: () => loaded().map(view),
    view,
    isLoaded: (name) => loaded().includes(name),
    dependencies: (name, property) =>
      units
        .load(name)
        .dependencies.filter(({ kind }) => kind === property)
        .map(({ on }) => on),
    unitOfPid: () => undefined,
    jobs: () => options.jobs ?? [],
    enqueue(request, what, name, mode) {
      asked.push(`${what} ${name}${mode === 'replace' ? '' : ` ${mode}`}`);
      const outcome = options.answer?.(what, name, mode) ?? { ok: true, value: 'done' };
      if (!outcome.ok) return outcome;
      const id = (ended.size + 1) as JobId;
      ended.set(id, { job: id, unit: name, result: outcome.value });
      requests.set(request, [...(requests.get(request) ?? []), id]);
      return { ok: true, value: id };
    },
    streamsPath: (request) => `/run/pidone/streams/${request}`,
    startTransient(request, made, mode, hold) {
      for (const { name, text, streams } of made)
        asked.push(`transient ${name}${hold ? ' held' : ''}${streams === undefined ? '' : ' streams'}\n${text}`);
      return this.enqueue(request, 'start', made[0]?.name ?? ('none' as UnitName), mode);
    },
    ended: (job) => Promise.resolve(ended.get(job) ?? { job, unit: 'gone.service' as UnitName, result: 'canceled' }),
    changed: () => Promise.resolve(),
    jobsOf: (request) => requests.get(request),
    asked: () => undefined,
    answered: (request) => {
      requests.delete(request);
    },
    cancelJob: (job) => note(`cancel ${job}`),
    clean: (name, what) => note(`clean ${name} ${what.join(' ')}`),
    freeze: (name, kind) => note(`${kind} ${name}`),
    setWatchdogs: (on) => {
      note(`watchdogs ${on ? 'on' : 'off'}`);
    },
    kill: (_request, name, who, signal) => note(`kill ${name} ${who} ${signal}`),
    resetFailed: (name) => note(`reset-failed ${name ?? 'all'}`),
    reload: () => {
      asked.push('reload');
      return Promise.resolve();
    },
    reexecute: () => {
      asked.push('reexecute');
    },
    shutdown: (status) => {
      asked.push(`shutdown ${status}`);
    },
    system: () => ({
      state: 'running',
      failed: 0,
      jobs: 0,
      units: loaded().length,
      started: stamp(0),
      bootUsec: options.booting === true ? undefined : 10_000_000,
      environment: ['PATH=/bin', 'A=b c'],
      bootTarget: 'multi-user.target' as UnitName,
      watchdogs: true,
      container: 'docker',
    }),
    setEnvironment: (assignments, unset) => {
      asked.push(`environment ${assignments.join(',')} ${unset.join(',')}`.trimEnd());
    },
    remark: (level, text) => {
      asked.push(`remark ${level} ${text}`);
    },
  };
}

/** A unit at rest, but for `words`. */
export function viewOf(units: Units, name: UnitName, words: Partial<UnitView>): UnitView {
  const unit = units.load(name);
  return {
    unit,
    active: 'inactive',
    sub: 'dead',
    job: undefined,
    stamps: { inactiveExit: never, activeEnter: never, activeExit: never, inactiveEnter: never, stateChange: never },
    condition: { result: undefined, stamp: never },
    assertResult: undefined,
    service: unit.service === undefined ? undefined : freshState(undefined),
    own: undefined,
    result: words.service?.result ?? 'success',
    activation: [],
    keepers: [],
    members: [],
    notices: [],
    ids: undefined,
    needDaemonReload: false,
    canReload: false,
    ...words,
  };
}
