/** What installing changes, as data: carried out by apply.ts, told by ctl/render/install-changes.ts. */

import { simplifyPath } from '../values/path.ts';

/** One change or finding. Paths are whole, with the root before them. */
export type InstallChange =
  /** A symlink is made; `replaces`: what is there now goes in the same step (its `unlink` comes before). */
  | { readonly kind: 'symlink'; readonly path: string; readonly target: string; readonly replaces: boolean }
  /** `how`: a file or link, a directory with all in it, or only told, as another change takes it away. `below`: empty directories up to this one go too. */
  | { readonly kind: 'unlink'; readonly path: string; readonly how: 'file' | 'tree' | 'told'; readonly below: string }
  | { readonly kind: 'masked' | 'dangling' | 'auxiliary-failed'; readonly path: string }
  | { readonly kind: 'masked-by-generator'; readonly path: string; readonly source: string }
  /** `path`: the unit that is not there, `source`: the file of the unit that is to be its dependency. */
  | { readonly kind: 'destination-not-present'; readonly path: string; readonly source: string }
  | { readonly kind: 'error'; readonly errno: number; readonly path: string; readonly source: string | undefined };

/** What the reader of files had to say meanwhile; systemctl prints it before all changes. */
export interface InstallRemark {
  readonly level: 'warning' | 'notice';
  readonly text: string;
}

export interface InstallPlan {
  readonly remarks: readonly InstallRemark[];
  /** In order. Those before an error are made nevertheless. */
  readonly changes: readonly InstallChange[];
  /** The number of links that the units' [Install] sections ask for, made before or now; or minus the errno that the verb ends with. */
  readonly result: number;
}

/** Collects a plan. Every adder gives what systemd's functions give: the errno, negative, for an error. */
export class PlanDraft {
  readonly remarks: InstallRemark[] = [];
  readonly changes: InstallChange[] = [];

  add(change: InstallChange): void {
    this.changes.push(change);
  }

  fail(errno: number, path: string, source?: string): number {
    // It is told without what does not matter in a path: install_changes_add().
    this.changes.push({ kind: 'error', errno, path, source: source === undefined ? undefined : simplifyPath(source) });
    return -errno;
  }

  remark(text: string, level: InstallRemark['level'] = 'warning'): void {
    this.remarks.push({ level, text });
  }

  plan(result: number): InstallPlan {
    return { remarks: this.remarks, changes: this.changes, result };
  }
}
