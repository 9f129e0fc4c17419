import type { AcceptedKind } from './accepted-kind.ts';
import type { AcceptedKindName, AcceptedKinds } from './accepted-kinds.ts';
import type { UnitDirectories, UnitFilesPort } from './files.ts';
import type { UnitName } from './name.ts';
import type { SpecifierContext } from './syntax/specifiers.ts';

export interface UnitsOptions {
  /** Absolute directories, best first: search-path.ts. */
  readonly searchPath: readonly string[];
  /** Before every path that is read: '' or the argument of --root. */
  readonly root: string;
  readonly specifiers: SpecifierContext;
  /** Stand-ins (stand-ins.ts) are read like any other unit: for who looks at files and runs nothing. */
  readonly whole?: boolean;
  /** The kinds of what is not carried out, loaded when first asked for: accepted-part.ts. */
  readonly acceptedKinds: () => AcceptedKinds;
}

/** What every load of one run needs. */
export interface LoadWorld {
  readonly files: UnitFilesPort;
  readonly options: UnitsOptions;
  readonly directories: UnitDirectories;
  readonly aliases: ReadonlyMap<UnitName, readonly UnitName[]>;
  parseName(word: string): UnitName | undefined;
  acceptedKind(name: AcceptedKindName): AcceptedKind;
}
