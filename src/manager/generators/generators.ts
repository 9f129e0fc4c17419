/**
 * Units that are made when pidone boots or reloads: of init scripts, by ourselves, and by the generators of packages, each as
 * a service of its own below a keeper, so that none can hold up or hurt the manager. The boot target starts, and a reload reads the
 * files, when the last of them has ended. A manager that dies in between finds its successor where it was: the jobs are stored, and so is
 * what they are for.
 */
import type { Host } from '../../host.d.ts';
import type * as ScriptsPart from '../../units/sysv/scripts.ts';
import type { Units } from '../../units/load.ts';
import type { UnitName } from '../../units/name.ts';
import type { Core } from '../core.ts';
import type { Log } from '../log.ts';
import { findGenerators, generatorUnit, isGeneratorUnit, readsScripts } from './find.ts';

export interface GeneratorPorts {
  readonly host: Host;
  readonly core: Core;
  readonly log: Log;
  openUnits(): Units;
  /** The boot target is to be started. */
  boot(): void;
}

export interface Generators {
  /** Makes units, then boots: at once when no generator has to be waited for. */
  boot(): void;
  /** Makes units anew, then reads all unit files again. The promise is kept when that is done. */
  reload(): Promise<void>;
  /** Goes on when the last generator has ended. True: something was done. */
  goOn(): boolean;
}

const generatorDirectories = {
  normal: '/run/systemd/generator',
  early: '/run/systemd/generator.early',
  late: '/run/systemd/generator.late',
} as const;

const scriptDirectory = '/etc/init.d';
const exists = 17;

export function createGenerators(ports: GeneratorPorts): Generators {
  const { host, core, log } = ports;
  const { world } = core;
  const waiting: (() => void)[] = [];
  /** Asked for while others were under way: what they have read may be old. */
  let again = false;

  /** Empties the directories, reads init scripts and queues the generators. */
  function begin(purpose: 'boot' | 'reload'): void {
    world.generating = purpose;
    // $SYSTEMD_UNIT_PATH: nobody would look at what they make.
    const { searchPath } = ports.openUnits().options;
    if (!Object.values(generatorDirectories).some((directory) => searchPath.includes(directory))) return;
    for (const directory of Object.values(generatorDirectories)) host.removeTree(directory);
    makeOfScripts();
    const programs = findGenerators(host);
    if (programs.length > 0 && makeDirectories()) for (const path of programs) start(path);
  }

  function start(path: string): void {
    const name = generatorUnit(path);
    const job = name === undefined ? undefined : core.enqueue('start', name, 'replace', 'operator');
    if (job?.ok !== true)
      log.manager('warning', `the generator ${path} cannot be run: ${job?.error.message ?? 'its name is too long'}`);
  }

  function makeOfScripts(): void {
    const entries = host.readDirectory(scriptDirectory);
    if (typeof entries === 'number' || entries.length === 0 || !readsScripts(host)) return;
    const units = ports.openUnits();
    const { files } = units.directories;
    const isNative = (name: UnitName): boolean => files.get(name)?.directory.startsWith('/') === true;
    if (entries.every(({ name }) => isNative(`${name.replace(/\.sh$/, '')}.service` as UnitName))) return;
    const part = host.load('units/sysv/scripts.ts') as typeof ScriptsPart;
    const made = part.convertScripts(host, '', part.sysvDirectories, isNative);
    if (made.files.size === 0 || !makeDirectories()) return;
    const { late } = generatorDirectories;
    for (const [name, text] of made.files) host.writeFile(`${late}/${name}`, text, 0o644);
    for (const [name, target] of made.links) {
      const slash = name.indexOf('/');
      if (slash > 0) host.makeDirectory(`${late}/${name.slice(0, slash)}`, 0o755);
      host.makeSymlink(target, `${late}/${name}`);
    }
  }

  function makeDirectories(): boolean {
    for (const directory of ['/run/systemd', ...Object.values(generatorDirectories)]) {
      const error = host.makeDirectory(directory, 0o755);
      if (error === undefined || error === exists) continue;
      log.manager('warning', `${directory} cannot be made, so no units are generated: ${host.errorText(error)}`);
      return false;
    }
    return true;
  }

  function isBusy(): boolean {
    for (const { unit } of world.jobs.values()) if (isGeneratorUnit(unit)) return true;
    return false;
  }

  return {
    boot() {
      begin('boot');
    },
    reload() {
      if (world.generating === '') begin('reload');
      else again = true;
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
    goOn() {
      const purpose = world.generating;
      if (purpose === '' || isBusy()) return false;
      world.generating = '';
      for (const directory of Object.values(generatorDirectories)) host.removeDirectory(directory);
      if (purpose === 'reload' || core.world.records.size > 0) core.reload(ports.openUnits());
      if (purpose === 'reload') log.manager('info', 'unit files were read again');
      else if (world.shutdown === undefined) ports.boot();
      if (again) {
        again = false;
        begin('reload');
      } else {
        for (const tell of waiting.splice(0)) tell();
      }
      return true;
    },
  };
}
