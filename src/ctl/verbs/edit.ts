/**
 * edit: a drop-in, or with --full the whole file, changed in an editor at the client's terminal, or with --stdin set to what the
 * client reads there. systemd's src/systemctl/systemctl-edit.c and src/shared/edit-util.c, of 257 for --stdin and --drop-in=.
 *
 * The editor is an errand of the client: the first call writes a temporary file beside the one that is edited, the next one,
 * with the editor's status in its cursor, puts it in place. Nothing is kept in between but that file.
 */
import { readUnitText } from '../../units/files.ts';
import { makeParents } from '../../units/install/apply.ts';
import { baseOf, parentOf, persistentDirectory, runtimeDirectory } from '../../units/install/paths.ts';
import { instanceOf, instantiate, isTemplate, parseUnitName, type UnitName } from '../../units/name.ts';
import { type Call, complain } from '../call.ts';
import { explainer } from '../carry-out.ts';
import { findNames } from '../names.ts';
import { bodyOf, editableText } from '../render/edit-text.ts';

/** One file that is edited. Paths are without the root. */
interface Edited {
  readonly path: string;
  /** What it begins with when it is not there yet. */
  readonly original: string;
  /** Files that are shown for orientation below a drop-in; undefined: the file is edited as it is. */
  readonly shown: readonly string[] | undefined;
}

const wellKnownEditors: readonly string[] = ['editor', 'nano', 'vim', 'vi'];

export async function edit(call: Call): Promise<number> {
  const { client, invocation, options, services } = call;
  const edited = /^edited (\d)$/.exec(invocation.cursor);
  if (edited !== null) return Number(edited[1]);
  const { stdout, stderr } = invocation.terminal;
  if (!options.stdin && !(stdout && stderr)) {
    await complain(call, 'Cannot edit units if not on a tty.');
    await complain(call, withoutTerminal, 'notice');
    return 1;
  }
  const files = await filesToEdit(call);
  if (files === undefined) return 1;
  const asked = cursorOf(invocation.cursor);
  if (asked === undefined) {
    const token = services.files.randomHex(8);
    if (options.stdin) makeParents(services.files, rootOf(call) + temporaryOf(files[0], token));
    else if (!(await writeTemporaries(call, files, token))) return 1;
    errandFor(call, files, token, 0);
    return 0;
  }
  const { token, attempt, status } = asked;
  if (status === notFound && attempt + 1 < editorsFor(call).length) {
    errandFor(call, files, token, attempt + 1);
    return 0;
  }
  const result = status === 0 ? await install(call, files, token) : await tellFailure(call, status);
  for (const file of files) {
    services.files.remove(rootOf(call) + temporaryOf(file, token));
    if (file.shown !== undefined) services.files.removeDirectory(rootOf(call) + parentOf(file.path));
  }
  // A manager that dies from here on has a successor that need only give the status.
  client.cursor(`edited ${result}`);
  if (result === 0 && options.reload) await services.api?.reload();
  return result;
}

const withoutTerminal = `Hint: an editor needs a terminal, as 'docker exec -it' gives. Without one:
      systemctl edit --stdin UNIT <FILE`;

/** What a shell says for a program that is not there. */
const notFound = 127;

interface EditCursor {
  readonly token: string;
  /** Which of the editors was tried. */
  readonly attempt: number;
  readonly status: number;
}

function cursorOf(cursor: string): EditCursor | undefined {
  const match = /^edit ([0-9a-f]+) (\d+)\n(\d+)$/.exec(cursor);
  return match === null ? undefined : { token: match[1] ?? '', attempt: Number(match[2]), status: Number(match[3]) };
}

function rootOf({ services }: Call): string {
  return services.units().options.root;
}

/** Beside the file, by a name that nobody reads as a drop-in or unit. */
function temporaryOf(file: Edited | undefined, token: string): string {
  return file === undefined ? '' : `${parentOf(file.path)}/.#${baseOf(file.path)}${token}`;
}

function errandFor(call: Call, files: readonly Edited[], token: string, attempt: number): void {
  const cursor = `edit ${token} ${attempt}`;
  const temporaries = files.map((file) => rootOf(call) + temporaryOf(file, token));
  const [first = ''] = temporaries;
  if (call.options.stdin) call.client.errand({ program: [], input: first, cursor });
  else call.client.errand({ program: [...(editorsFor(call)[attempt] ?? []), ...temporaries], input: '', cursor });
}

/** What to try, in order. One that somebody chose is the only one. */
function editorsFor({ invocation, options }: Call): readonly (readonly string[])[] {
  if (options.stdin) return [];
  const { environment } = invocation;
  const chosen = ['SYSTEMD_EDITOR', 'EDITOR', 'VISUAL']
    .map((name) => environment.get(name))
    .find((text) => text !== undefined);
  const words = (chosen ?? '').split(/[ \t\r\n]+/).filter((word) => word !== '');
  return words.length > 0 ? [words] : wellKnownEditors.map((name) => [name]);
}

/** The files of all words; undefined when one cannot be edited, which was told. */
async function filesToEdit(call: Call): Promise<readonly Edited[] | undefined> {
  const { options, services } = call;
  const found = findNames(call, call.words);
  if (!found.ok) return refuse(call, found.message);
  const names = found.names;
  if (names.length === 0) return refuse(call, 'No units matched the specified patterns.');
  const dropIn = dropInName(options.dropIn);
  if (dropIn === undefined) return refuse(call, `Invalid drop-in file name '${options.dropIn}'.`);
  const units = services.units();
  for (const name of names) {
    if (units.load(name).load === 'masked') return refuse(call, `Cannot edit ${name}: unit is masked.`);
  }
  const files = new Map<string, Edited>();
  for (const name of names) {
    const unit = units.load(name);
    const { fragmentPath } = unit;
    if (fragmentPath === '' && !options.force) {
      await complain(call, `No files found for ${name}.`);
      await complain(call, `Run 'systemctl edit --force --full ${name}' to create a new unit.`, 'info');
      return undefined;
    }
    const edited = fragmentPath === '' ? name : editedName(name, fragmentPath);
    const relative = options.full ? edited : `${edited}.d/${dropIn}`;
    const path = await placeFor(call, relative);
    if (path === undefined) return undefined;
    const shown = options.full ? undefined : [fragmentPath, ...unit.dropInPaths].filter((file) => file !== '');
    if (!files.has(path)) files.set(path, { path, original: options.full ? fragmentPath : '', shown });
  }
  return [...files.values()];
}

/** undefined: it is no name of a file. */
function dropInName(given: string): string | undefined {
  const name = given === '' ? 'override.conf' : given.endsWith('.conf') ? given : `${given}.conf`;
  return name.includes('/') ? undefined : name;
}

/** The name of the unit's file, which an alias leads to; of a template, the instance of the name that was given. */
function editedName(name: UnitName, fragmentPath: string): string {
  const file = parseUnitName(baseOf(fragmentPath));
  if (file === undefined) return name;
  const instance = instanceOf(name) ?? '';
  return isTemplate(file) && instance !== '' ? (instantiate(file, instance) ?? name) : file;
}

async function placeFor(call: Call, relative: string): Promise<string | undefined> {
  const persistent = `${persistentDirectory}/${relative}`;
  if (!call.options.runtime) return persistent;
  const path = `${runtimeDirectory}/${relative}`;
  const root = rootOf(call);
  if (typeof call.services.files.status(root + persistent) === 'number') return path;
  return refuse(
    call,
    `Refusing to create "${root}${path}" because it would be overridden by "${root}${persistent}" anyway.`,
  );
}

async function writeTemporaries(call: Call, files: readonly Edited[], token: string): Promise<boolean> {
  const { files: port } = call.services;
  const root = rootOf(call);
  const read = (path: string): string => {
    const text = path === '' ? undefined : readUnitText(port, root, path);
    return text?.kind === 'text' ? text.text : '';
  };
  for (const file of files) {
    const own = read(file.path);
    const body = own === '' ? read(file.original) : own;
    const others = (file.shown ?? []).filter((path) => path !== file.path).map((path) => ({ path, text: read(path) }));
    const text = file.shown === undefined ? body : editableText(file.path, body, others);
    const temporary = root + temporaryOf(file, token);
    makeParents(port, temporary);
    const errno = port.writeFile(temporary, text, 0o644);
    if (errno === undefined) continue;
    await complain(call, `Failed to create temporary file "${temporary}": ${explainer(call)(errno)}`);
    return false;
  }
  return true;
}

async function tellFailure(call: Call, status: number): Promise<number> {
  if (call.options.stdin) return 1;
  const text =
    status === notFound
      ? 'Cannot edit units, no editor available. Please set either $SYSTEMD_EDITOR, $EDITOR or $VISUAL.'
      : `(editor) failed with exit status ${status}.`;
  await complain(call, text);
  return 1;
}

/** Puts what was edited in place. The status. */
async function install(call: Call, files: readonly Edited[], token: string): Promise<number> {
  const { files: port } = call.services;
  const root = rootOf(call);
  const common = call.options.stdin ? port.readFile(root + temporaryOf(files[0], token), largest) : undefined;
  for (const file of files) {
    const text = common ?? port.readFile(root + temporaryOf(file, token), largest);
    if (typeof text === 'number') {
      await complain(call, `Failed to read temporary file for ${root}${file.path}: ${explainer(call)(text)}`);
      return 1;
    }
    const body = bodyOf(text, common === undefined && file.shown !== undefined);
    if (body === '') {
      const what =
        common === undefined
          ? `${root}${file.path}: after editing, new contents are empty, not writing file.`
          : 'Stripped stdin content is empty, not writing file.';
      await complain(call, what, 'notice');
      continue;
    }
    makeParents(port, root + file.path);
    const errno = port.writeFile(root + file.path, `${body}\n`, 0o644);
    if (errno !== undefined) {
      await complain(call, `Failed to write ${root}${file.path}: ${explainer(call)(errno)}`);
      return 1;
    }
    await complain(call, `Successfully installed edited file '${root}${file.path}'.`, 'info');
  }
  return 0;
}

const largest = 16 * 1024 * 1024;

async function refuse(call: Call, sentence: string): Promise<undefined> {
  await complain(call, sentence);
  return undefined;
}
