/** The sandbox of a command, a part of the program that is loaded with the first unit that asks for one. */
import { privateUsers } from '../../wire/schema.ts';
import { impliedByDynamicUser, isDynamic } from '../../units/dynamic-user.ts';
import type { ExecCommand, ExecSettings } from '../../units/exec-model.ts';
import type { Unit } from '../../units/model.ts';
import { hasSecrets, secretsDirectory } from '../../units/secret-settings.ts';
import { mountedDirectories } from '../directories.ts';
import {
  spacesDirectory,
  temporaryDirectories,
  type SandboxContext,
  type SandboxFields,
  type SandboxPort,
} from './fields.ts';
import { mountedBy, mountTexts, planMounts } from './mounts.ts';
import type { Settings } from './policy.ts';
import { filteredBy, seccompProgram } from './program.ts';

/** As written, with what DynamicUser=yes stands for; of a command with `+`, which is as privileged as pidone, only what moves files. */
function effectiveSettings(accepted: Settings, privilege: ExecCommand['privilege']): Settings {
  const all = isDynamic(accepted) ? new Map([...accepted, ...impliedByDynamicUser(accepted)]) : accepted;
  if (privilege !== '+') return all;
  const moves = /^(?:ReadWrite|Bind(?:ReadOnly)?Paths|TemporaryFileSystem|MountFlags)/;
  return new Map([...[...all].filter(([key]) => moves.test(key)), ['MountAPIVFS', 'no']]);
}

export function sandboxOf(
  unit: Unit,
  { privilege }: ExecCommand,
  context: SandboxContext,
  port: SandboxPort,
): SandboxFields {
  const settings = effectiveSettings(unit.accepted, privilege);
  const keys = mountedBy(settings);
  return {
    ...filterFields(settings, port),
    ...mountFields(unit, settings, context, port),
    ...spaceFields(unit.accepted, context, port),
    privateUsers: usersOf(settings.get('PrivateUsers')),
    namespaces: settings.get('ProtectHostname') === 'yes' ? newHostname : undefined,
    // Of a root directory alone it is /proc and its like that are missing, as they would be without pidone.
    mountsOf: keys.length === 0 ? undefined : tellKeys(keys),
  };
}

/** CLONE_NEWUTS, CLONE_NEWNET, CLONE_NEWIPC */
const newHostname = 0x04000000;
const newNetwork = 0x40000000;
const newIpc = 0x08000000;

/** Of every command, whatever its prefix: what they share is the unit's. */
function spaceFields(accepted: Settings, { space }: SandboxContext, port: SandboxPort): SandboxFields {
  const networkPath = accepted.get('NetworkNamespacePath');
  const ipcPath = accepted.get('IPCNamespacePath');
  const spaces =
    (networkPath !== undefined || accepted.get('PrivateNetwork') === 'yes' ? newNetwork : 0) |
    (ipcPath !== undefined || accepted.get('PrivateIPC') === 'yes' ? newIpc : 0);
  if (spaces === 0) return {};
  const spacesList = space === undefined ? undefined : `${spacesDirectory(port.runtimeDirectory)}/${space.id}`;
  return { spaces, networkPath, ipcPath, spacesList };
}

function usersOf(value: string | undefined): number | undefined {
  if (value === undefined || value === 'no') return undefined;
  return value === 'identity' ? privateUsers.identity : privateUsers.self;
}

function filterFields(settings: Settings, port: SandboxPort): SandboxFields {
  const keys = filteredBy(settings);
  if (keys.length === 0) return {};
  return {
    seccomp: programFor(settings, port),
    seccompOf: tellKeys(keys),
  };
}

/** The commands of a unit follow one another with the same filter. */
let last: { readonly key: string; readonly program: Uint8Array | undefined } | undefined;

function programFor(settings: Settings, port: SandboxPort): Uint8Array | undefined {
  const own = personality(settings, port);
  const { machine } = port.facts.kernel();
  const key = [...settings, own, machine].join('\n');
  if (last?.key !== key) last = { key, program: seccompProgram(settings, machine, own) };
  return last.program;
}

/** MS_SHARED, MS_SLAVE, MS_PRIVATE */
const propagations: Readonly<Record<string, number>> = { shared: 1 << 20, slave: 1 << 19, private: 1 << 18 };

function mountFields(unit: Unit, settings: Settings, context: SandboxContext, port: SandboxPort): SandboxFields {
  const exec = unit.service?.exec;
  const keys = mountedBy(settings);
  const { rootDirectory } = context;
  const isInRoot = rootDirectory !== '';
  if (exec === undefined || (keys.length === 0 && rootDirectory === '')) return {};
  const root = `${port.runtimeDirectory}/unit-root`;
  const facts = {
    rootDirectory,
    noNewPrivileges: exec.noNewPrivileges,
    privateTmp: context.space === undefined ? (['', ''] as const) : temporaryDirectories(context.space),
    ...directoriesOf(exec, isDynamic(unit.accepted), isInRoot),
    secrets: isInRoot && hasSecrets(unit.accepted) ? secretsDirectory(unit.name, port) : '',
    inaccessible: `${port.runtimeDirectory}/inaccessible`,
    notifyPath: context.notifyPath,
  };
  const mounts = mountTexts(planMounts(settings, facts, root, port.files), facts.inaccessible, exec.noNewPrivileges);
  return {
    mounts: mounts.length === 0 ? undefined : mounts,
    mountRoot: root,
    propagation: propagations[settings.get('MountFlags') ?? 'shared'],
  };
}

function directoriesOf(exec: ExecSettings, isDynamicUser: boolean, hasRoot: boolean) {
  const directories = mountedDirectories(exec, isDynamicUser).map(({ root, path, isPrivate }) => {
    const source = `${root}${isPrivate ? '/private' : ''}/${path}`;
    return { source, destination: hasRoot ? `${root}/${path}` : source, isPrivate, root };
  });
  const privateRoots = hasRoot
    ? []
    : directories.filter(({ isPrivate }) => isPrivate).map(({ root }) => `${root}/private`);
  return { directories, privateRoots: [...new Set(privateRoots)] };
}

function tellKeys(keys: readonly string[]): string {
  return keys.map((key) => `${key}=`).join(', ');
}

/** LockPersonality= keeps the one that is set, or that there is: PER_LINUX 0, or PER_LINUX32 8. */
function personality(settings: Settings, { files }: SandboxPort): number {
  const own = settings.get('Personality');
  if (own !== undefined) return own === 'x86' || own === 'arm' ? 8 : 0;
  const text = files.readFile('/proc/self/personality', 64);
  return typeof text === 'string' && (parseInt(text, 16) & 0xffff) === 8 ? 8 : 0;
}
