/** Watching paths that may not be there yet: path_spec_watch(), path_spec_check_good() and path_spec_mkdir() of systemd's src/core/path.c. */
import type { Host } from '../../host.d.ts';
import type { PathKind, PathSettings } from '../../units/trigger-model.ts';
import type { UnitName } from '../../units/name.ts';
import { firstMatch, isHiddenOrBackup } from '../condition-kinds.ts';
import type { Hands, HandsPorts } from '../own-types.ts';
import type { Sight } from './event.ts';

type Watched = PathSettings['watched'][number];

/** Of inotify(7). */
const inotify = {
  modify: 0x2,
  attributes: 0x4,
  closeWrite: 0x8,
  movedFrom: 0x40,
  movedTo: 0x80,
  create: 0x100,
  remove: 0x200,
  removeSelf: 0x400,
  moveSelf: 0x800,
  dontFollow: 0x02000000,
} as const;

const itself = inotify.removeSelf | inotify.moveSelf | inotify.attributes;
const changes = itself | inotify.closeWrite | inotify.create | inotify.remove | inotify.movedFrom | inotify.movedTo;
/** On the way to what is not there. */
const onTheWay = inotify.moveSelf | inotify.removeSelf | inotify.create | inotify.movedTo;

const eventsOf: Readonly<Record<PathKind, number>> = {
  PathExists: itself,
  PathExistsGlob: itself,
  PathChanged: changes,
  PathModified: changes | inotify.modify,
  DirectoryNotEmpty: itself | inotify.create | inotify.movedTo,
};

const errno = { enoent: 2, eacces: 13, eexist: 17, enotdir: 20, enospc: 28 } as const;

/** What a watch is of: its unit, the place in its list, and whether it is the path itself. */
interface Meaning {
  readonly unit: UnitName;
  readonly place: number;
  readonly itself: boolean;
}

export function pathHands({ host, log, unit: unitOf, tell }: HandsPorts<'path'>): Hands<'path'> {
  const meanings = new Map<number, Meaning>();
  const handles = new Map<UnitName, Set<number>>();

  function unwatch(unit: UnitName): void {
    for (const handle of handles.get(unit) ?? []) drop(unit, handle);
    handles.delete(unit);
  }

  function drop(unit: UnitName, handle: number): void {
    host.unwatch(handle);
    meanings.delete(handle);
    handles.get(unit)?.delete(handle);
  }

  /** The handles, both of a link and of what it leads to; or minus the errno. */
  function watch(path: string, events: number, meaning: Meaning): readonly number[] | number {
    const added: number[] = [];
    for (const flag of [inotify.dontFollow, 0]) {
      const handle = host.watch(path, events | flag);
      if (handle < 0) {
        for (const each of added) drop(meaning.unit, each);
        return handle;
      }
      added.push(handle);
      meanings.set(handle, meaning);
      handles.get(meaning.unit)?.add(handle);
      const status = host.statusNoFollow(path);
      if (typeof status !== 'number' && status.type !== 'symlink') break;
    }
    return added;
  }

  /** From the root down to the path, or to the last of it that is there; 0 or an errno. Parents of what is there are only watched for being moved. */
  function watchOne(unit: UnitName, place: number, { kind, path }: Watched): number {
    const parts = path.split('/').filter((part) => part !== '');
    let before: { readonly path: string; readonly handles: readonly number[] } | undefined;
    for (let count = 0; count <= parts.length; count++) {
      const prefix = `/${parts.slice(0, count).join('/')}`;
      const isLast = count === parts.length;
      const added = watch(prefix, isLast ? eventsOf[kind] : onTheWay, { unit, place, itself: isLast });
      if (typeof added === 'number') {
        const isExpected = added === -errno.enoent || added === -errno.eacces;
        return isExpected && before !== undefined ? 0 : -added;
      }
      if (before !== undefined) {
        for (const handle of before.handles) drop(unit, handle);
        watch(before.path, inotify.moveSelf, { unit, place, itself: false });
      }
      before = { path: prefix, handles: added };
    }
    return 0;
  }

  function watchAll(unit: UnitName, watched: readonly Watched[]): number {
    unwatch(unit);
    handles.set(unit, new Set());
    for (const [place, each] of watched.entries()) {
      const error = watchOne(unit, place, each);
      if (error !== 0) return error;
    }
    return 0;
  }

  function makeDirectories(unit: UnitName, { watched, directoryMode }: PathSettings): void {
    for (const { kind, path } of watched) {
      if (kind === 'PathExists' || kind === 'PathExistsGlob') continue;
      const parts = path.split('/').filter((part) => part !== '');
      for (let count = 1; count <= parts.length; count++) {
        const error = host.makeDirectory(`/${parts.slice(0, count).join('/')}`, directoryMode);
        if (error === undefined || error === errno.eexist || count < parts.length) continue;
        log.unit(unit, 0, 'warning', `mkdir(${path}) failed: ${host.errorText(error)}`, undefined);
      }
    }
  }

  function explain(error: number): string {
    return error === errno.enospc
      ? 'too many watches (fs.inotify.max_user_watches, which the host sets, is reached)'
      : host.errorText(error as never);
  }

  return {
    run(unit, effect) {
      const settings = unitOf(unit)?.path;
      if (settings === undefined) return;
      switch (effect.kind) {
        case 'make-directories':
          makeDirectories(unit, settings);
          break;
        case 'watch': {
          const error = watchAll(unit, settings.watched);
          if (error !== 0) tell(unit, { kind: 'watch-failed', why: explain(error) });
          // Looked at after it is watched: nothing can come in between.
          else
            tell(unit, {
              kind: 'looked',
              why: effect.why,
              sights: settings.watched.map((each) => sightOf(host, each)),
            });
          break;
        }
        case 'unwatch':
          unwatch(unit);
          break;
      }
    },
    changed(handle) {
      const meaning = meanings.get(handle);
      if (meaning !== undefined) tell(meaning.unit, { kind: 'changed', place: meaning.place, itself: meaning.itself });
    },
  };
}

function sightOf(host: Host, { kind, path }: Watched): Sight {
  switch (kind) {
    case 'PathExists': {
      const exists = host.access(path, 0) === undefined;
      return { exists, mark: '', found: exists ? path : undefined };
    }
    case 'PathExistsGlob': {
      const found = firstMatch(host, path);
      return { exists: found !== undefined, mark: '', found };
    }
    case 'DirectoryNotEmpty': {
      const entries = host.readDirectory(path);
      const isFull =
        typeof entries === 'number'
          ? entries !== errno.enoent && entries !== errno.enotdir
          : entries.some(({ name }) => !isHiddenOrBackup.test(name));
      return { exists: isFull, mark: '', found: isFull ? path : undefined };
    }
    case 'PathChanged':
    case 'PathModified': {
      const exists = host.access(path, 0) === undefined;
      return { exists, mark: exists ? markOf(host, path) : '', found: undefined };
    }
  }
}

/** Of so many files in a directory at most the time is looked at. */
const mostFiles = 1000;

/** Inode, time and size; of a directory also how many files it has, and the time of the youngest. */
function markOf(host: Host, path: string): string {
  const status = host.status(path);
  if (typeof status === 'number') return '';
  const own = `${status.identity} ${status.modified} ${status.size}`;
  if (status.type !== 'directory') return own;
  const entries = host.readDirectory(path);
  if (typeof entries === 'number') return own;
  let youngest = 0;
  for (const { name } of entries.slice(0, mostFiles)) {
    const file = host.status(`${path}/${name}`);
    if (typeof file !== 'number') youngest = Math.max(youngest, file.modified);
  }
  return `${own} ${entries.length} ${youngest}`;
}
