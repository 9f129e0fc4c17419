/** What is wrong with a unit beyond its own text: systemd's src/analyze/analyze-verify.c (src/shared/… verify_unit()). */
import { cycleLines } from '../../graph/explain.ts';
import { buildTransaction } from '../../graph/transaction/build.ts';
import type { Unit } from '../../units/model.ts';
import type { Units } from '../../units/load.ts';
import type { SceneAtRest } from '../at-rest.ts';
import type { Services } from '../port.ts';

/** Something to tell of one unit. `wrong`: systemd-analyze fails for it. */
export interface Finding {
  readonly unit: string;
  readonly message: string;
  readonly wrong: boolean;
}

export interface Wishes {
  /** Whether a start is planned: what is missing and goes in circles. */
  readonly plan: boolean;
  /** Whether manual pages are looked for. */
  readonly man: boolean;
}

/** The unit is loaded. */
export function verifyUnit(services: Services, units: Units, scene: SceneAtRest, wishes: Wishes): readonly Finding[] {
  const unit = units.load(scene.start);
  return [
    ...(wishes.plan ? verifyStart(scene) : []),
    ...verifySocket(units, unit),
    ...verifyCommands(services, units, unit),
    ...(wishes.man ? verifyDocumentation(services, units, unit) : []),
  ];
}

function verifyStart(scene: SceneAtRest): readonly Finding[] {
  const { start } = scene;
  const built = buildTransaction(scene, { unit: start, type: 'start', mode: 'replace' });
  const found: Finding[] = built.cycles.flatMap((cycle) => {
    const { about, found: lines, end } = cycleLines(cycle);
    return [...lines, end].map((message) => ({ unit: about ?? start, message, wrong: false }));
  });
  if (built.ok) {
    for (const { unit, error } of built.transaction.skipped) {
      // Who only wants what is not there is content.
      if (error.code === 'BadUnitSetting' || error.code === 'LoadFailed')
        found.push({ unit, message: `Cannot be started along with ${start}: ${error.message}`, wrong: false });
    }
  } else {
    found.push({
      unit: start,
      message: `Cannot be started: ${built.error.message.replace(' See system logs for details.', '')}`,
      wrong: true,
    });
  }
  return found;
}

/** What a socket is to start must be there. */
function verifySocket(units: Units, unit: Unit): readonly Finding[] {
  if (unit.type !== 'socket') return [];
  const service = unit.dependencies.find(({ kind }) => kind === 'Triggers')?.on;
  if (service === undefined || units.load(service).load === 'loaded') return [];
  return [
    { unit: unit.name, message: `Its service ${service} is not loaded: the socket cannot be started`, wrong: true },
  ];
}

/** Commands whose failure counts must be there and executable. systemd looks only at the first of each setting; the others are just told. */
function verifyCommands(services: Services, units: Units, unit: Unit): readonly Finding[] {
  const { options } = units;
  const all = Object.values((unit.service ?? unit.socket)?.commands ?? {});
  return all.flatMap((commands) =>
    commands.flatMap(({ path, ignoreFailure }, index) => {
      const why = ignoreFailure ? undefined : whyNotExecutable(services, options.root, path);
      if (why === undefined) return [];
      return [{ unit: unit.name, message: `Command ${path} is not executable: ${why}`, wrong: index === 0 }];
    }),
  );
}

function whyNotExecutable({ files }: Services, root: string, path: string): string | undefined {
  const candidates = path.startsWith('/') ? [path] : usualDirectories.map((directory) => `${directory}/${path}`);
  let why: string | undefined;
  for (const each of candidates) {
    const status = files.status(root + each);
    if (typeof status !== 'number' && status.type !== 'file') {
      why ??= status.type === 'directory' ? 'Is a directory' : 'Permission denied';
      continue;
    }
    const denied = typeof status === 'number' ? status : files.access(root + each, 1);
    if (denied === undefined) return undefined;
    why ??= files.errorText(denied);
  }
  return why;
}

/** Where a command without a slash is looked for. */
const usualDirectories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Manual pages that Documentation= names, by their files: nothing is run. */
function verifyDocumentation({ files }: Services, units: Units, unit: Unit): readonly Finding[] {
  const { root } = units.options;
  return unit.common.documentation.flatMap((uri) => {
    const [, page, section] = /^man:(.+)\((\w+)\)$/.exec(uri) ?? [];
    if (page === undefined || section === undefined) return [];
    const isThere = ['/usr/local/share/man', '/usr/share/man'].some((directory) =>
      ['', '.gz', '.xz', '.bz2'].some(
        (suffix) =>
          typeof files.status(`${root}${directory}/man${section.charAt(0)}/${page}.${section}${suffix}`) !== 'number',
      ),
    );
    return isThere ? [] : [{ unit: unit.name, message: `There is no manual page ${page}(${section})`, wrong: true }];
  });
}
