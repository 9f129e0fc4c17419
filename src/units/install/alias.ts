/** Which symlinks may stand for which units: systemd's src/basic/unit-file.c. */
import { instanceOf, instantiate, isTemplate, parseUnitName, templateOf, type UnitName, unitType } from '../name.ts';
import type { PlanDraft } from './change.ts';
import { errno } from './errno.ts';
import type { InstallInfo } from './info.ts';
import { baseOf, parentOf } from './paths.ts';
import { mayAlias, mayTemplate } from './section.ts';

type NameClass = 'plain' | 'template' | 'instance';

function classOf(name: UnitName): NameClass {
  const instance = instanceOf(name);
  if (instance === undefined) return 'plain';
  return instance === '' ? 'template' : 'instance';
}

export interface AliasProblem {
  readonly errno: number;
  /** undefined: nothing to say, as for a name that stands for itself. */
  readonly text: string | undefined;
}

/** Whether a link called `link` (a path or a name) may be an alias of `target`; what is against it, or undefined. */
export function aliasProblem(link: string, target: string): AliasProblem | undefined {
  const problem = (code: number, text: string): AliasProblem => ({ errno: code, text: `${link}: ${text}` });
  const [from, to] = [baseOf(link), baseOf(target)];
  const source = parseUnitName(from);
  if (source === undefined) return problem(errno.EINVAL, `not a valid unit name "${from}": Invalid argument`);
  if (!mayAlias(source)) return problem(errno.EINVAL, 'symlinks are not allowed for units of this type, rejecting.');
  const sourceClass = classOf(source);
  if (sourceClass !== 'plain' && !mayTemplate(source))
    return problem(errno.EINVAL, `templates not allowed for ${unitType(source)} units, rejecting.`);
  if (from === to) return { errno: errno.ELOOP, text: undefined };
  const destination = parseUnitName(to);
  if (destination === undefined)
    return {
      errno: errno.EXDEV,
      text: `${link} points to "${to}" which is not a valid unit name: Invalid cross-device link`,
    };
  const destinationClass = classOf(destination);
  if (destinationClass !== sourceClass && !(sourceClass === 'instance' && destinationClass === 'template'))
    return problem(errno.EXDEV, `symlink target name type "${to}" does not match source, rejecting.`);
  if (destinationClass === 'instance' && instanceOf(source) !== instanceOf(destination))
    return problem(errno.EXDEV, `unit symlink target "${to}" instance name doesn't match, rejecting.`);
  if (unitType(source) !== unitType(destination))
    return problem(errno.EXDEV, `symlink target "${to}" has incompatible suffix, rejecting.`);
  return undefined;
}

/** A word of Alias=, checked: the name (or TARGET.wants/NAME) of the link to make; 0 for none; or minus the errno, which the plan tells. */
export function checkAlias(plan: PlanDraft, info: InstallInfo, alias: string): string | number {
  if (alias.includes('/')) return checkDependencyAlias(plan, info, alias);
  const name = parseUnitName(alias);
  const instance = instanceOf(info.name) ?? '';
  // A template's name as the alias of an instance means the same instance of it.
  const filled = name !== undefined && isTemplate(name) && instance !== '' ? instantiate(name, instance) : undefined;
  const problem = aliasProblem(filled ?? alias, info.name);
  if (problem === undefined) return filled ?? alias;
  if (problem.errno === errno.ELOOP) return 0;
  return plan.fail(problem.errno === errno.EINVAL ? errno.EXDEV : problem.errno, filled ?? alias, info.name);
}

/** The old way to say WantedBy=: Alias=TARGET.wants/NAME. */
function checkDependencyAlias(plan: PlanDraft, info: InstallInfo, alias: string): string | number {
  const directory = /^(.*)\.(?:wants|requires)$/.exec(parentOf(alias).replace(/^\/$/, ''));
  const owner = parseUnitName(directory?.[1] ?? '');
  if (owner === undefined) return plan.fail(errno.EXDEV, alias);
  if (isCompatible(baseOf(alias), info.name, isTemplate(owner))) return alias;
  return plan.fail(errno.EXDEV, alias, info.name);
}

function isCompatible(link: string, target: UnitName, isTemplates: boolean): boolean {
  const name = parseUnitName(link);
  if (name === undefined) return false;
  const kind = classOf(name);
  if (name === target && kind !== 'template') return true;
  if (templateOf(name) !== target || !isTemplate(target)) return false;
  return kind === 'instance' || (isTemplates && kind === 'template');
}
