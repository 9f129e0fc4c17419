/** Verbs that read or change the unit files on the disk: a part of the program that is loaded with the first of them. */
export { addDependency } from './verbs/add-dependency.ts';
export { getDefault, setDefault } from './verbs/default-target.ts';
export { edit } from './verbs/edit.ts';
export { installVerb } from './verbs/enable.ts';
export { isEnabled } from './verbs/is-enabled.ts';
export { listUnitFiles } from './verbs/list-unit-files.ts';
export { presetAll } from './verbs/preset-all.ts';
export { setProperty } from './verbs/set-property.ts';
