import type { Diagnostic } from './diagnostic.ts';
import type { Draft } from './draft.ts';
import { automaticDependencies } from './implicit.ts';
import type { Dependency, DirectoryClass, LoadState, ServiceSettings, Unit } from './model.ts';
import { type Microseconds, type UnitName, unitType } from './name.ts';
import { findStandIn } from './stand-ins.ts';
import { explainBadService, serviceType } from './verify-service.ts';

/** How reading its files went. */
export interface Outcome {
  readonly load: LoadState;
  readonly loadError: string;
  readonly modified: number;
  readonly fragmentPath: string;
  readonly dropInPaths: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The Unit that a draft is when all its files are read: what depends on several settings, defaults of the type, implicit dependencies. */
export function finishUnit(name: UnitName, names: readonly UnitName[], draft: Draft, outcome: Outcome): Unit {
  const type = unitType(name);
  const isLoaded = outcome.load === 'loaded';
  const kind = serviceType(draft);
  const bad = isLoaded && type === 'service' ? explainBadService(draft, kind) : undefined;
  const { install, common, accepted } = draft;
  return {
    name,
    names,
    type,
    load: bad === undefined ? outcome.load : 'bad-setting',
    loadError: bad ?? outcome.loadError,
    standIn: isLoaded ? findStandIn(name, outcome.fragmentPath) : undefined,
    fragmentPath: outcome.fragmentPath,
    dropInPaths: outcome.dropInPaths,
    modified: outcome.modified,
    diagnostics:
      bad === undefined
        ? outcome.diagnostics
        : outcome.diagnostics.concat({
            severity: 'error',
            file: outcome.fragmentPath,
            line: 0,
            column: 0,
            message: `${bad}; the unit cannot be started`,
          }),
    dependencies: isLoaded
      ? withoutSelf(draft.dependencies.concat(automaticDependencies(name, draft, kind)), names)
      : [],
    common: {
      ...common,
      description: common.description === '' ? name : common.description,
      jobRunningTimeout: common.jobRunningTimeout ?? common.jobTimeout,
    },
    service: type === 'service' ? finishService(draft, kind) : undefined,
    install,
    accepted,
  };
}

/** A unit that names itself is told nothing about: systemd drops such a dependency. */
function withoutSelf(dependencies: readonly Dependency[], names: readonly UnitName[]): readonly Dependency[] {
  return dependencies.some(({ on }) => names.includes(on))
    ? dependencies.filter(({ on }) => !names.includes(on))
    : dependencies;
}

function finishService(draft: Draft, type: ServiceSettings['type']): ServiceSettings {
  const { sockets: _sockets, pamName: _pamName, ...service } = draft.service;
  const usual = (90 * 1_000_000) as Microseconds;
  const needsSocket =
    type === 'notify' || type === 'notify-reload' || (service.watchdog > 0 && service.watchdog < Infinity);
  const classes = draft.directories;
  const directory = (name: DirectoryClass) => ({ paths: classes[name].toSorted(), mode: draft.directoryModes[name] });
  return {
    ...service,
    type,
    commands: draft.commands,
    timeoutStart: service.timeoutStart ?? (type === 'oneshot' ? (Infinity as Microseconds) : usual),
    exec: {
      ...draft.exec,
      directories: {
        runtime: directory('runtime'),
        state: directory('state'),
        cache: directory('cache'),
        logs: directory('logs'),
        configuration: directory('configuration'),
      },
    },
    kill: draft.kill,
    notifyAccess: needsSocket && service.notifyAccess === 'none' ? 'main' : service.notifyAccess,
  };
}
