import { instanceOf, instantiate, isTemplate, type UnitName } from '../name.ts';

/** What a name was found to be, at the place where it was found last. */
export type InstallMode =
  | 'regular'
  /** A link to a file outside of the search path. */
  | 'linked'
  /** A link to another name in it. */
  | 'alias'
  | 'masked';

/** A unit that is looked at for its [Install] section. Filled by context.ts and section.ts. */
export interface InstallInfo {
  readonly name: UnitName;
  /** Named by another's Also=, not by the user. */
  auxiliary: boolean;
  /** undefined: not looked for yet. */
  mode: InstallMode | undefined;
  /** Without the root; '' before it is found. */
  path: string;
  /** Of a link, absolute. */
  target: string;
  aliases: readonly string[];
  wantedBy: readonly string[];
  requiredBy: readonly string[];
  /** systemd 254 and later. */
  upheldBy: readonly string[];
  also: readonly string[];
  defaultInstance: string | undefined;
}

export function newInfo(name: UnitName, auxiliary: boolean): InstallInfo {
  return {
    name,
    auxiliary,
    mode: undefined,
    path: '',
    target: '',
    aliases: [],
    wantedBy: [],
    requiredBy: [],
    upheldBy: [],
    also: [],
    defaultInstance: undefined,
  };
}

/** The links that `enable` would make, counted. */
export function ruleCount({ aliases, wantedBy, requiredBy, upheldBy }: InstallInfo): number {
  return aliases.length + wantedBy.length + requiredBy.length + upheldBy.length;
}

/** The name that a template is installed as: its DefaultInstance=. Any other keeps its own. undefined: that is no valid name. */
export function installedName({ name, defaultInstance }: InstallInfo): UnitName | undefined {
  return isTemplate(name) && defaultInstance !== undefined ? instantiate(name, defaultInstance) : name;
}

export function isInstance(name: UnitName): boolean {
  const instance = instanceOf(name);
  return instance !== undefined && instance !== '';
}
