import { absolutePath } from './values/path.ts';

/** Where unit files are looked for, first directory first: man systemd.unit, "UNIT FILE LOAD PATH"; systemd's src/basic/path-lookup.c. */
export const systemSearchPath: readonly string[] = [
  '/etc/systemd/system.control',
  '/run/systemd/system.control',
  '/run/systemd/transient',
  '/run/systemd/generator.early',
  '/etc/systemd/system',
  '/etc/systemd/system.attached',
  '/run/systemd/system',
  '/run/systemd/system.attached',
  '/run/systemd/generator',
  '/usr/local/lib/systemd/system',
  '/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/run/systemd/generator.late',
];

/**
 * The search path when $SYSTEMD_UNIT_PATH is `value`: it replaces the system's, or with a `:` at its end goes before it. What is relative
 * is so to `directory`, where there is one.
 */
export function searchPathFrom(value: string | undefined, directory = ''): readonly string[] {
  if (value === undefined || value === '') return systemSearchPath;
  const directories = value
    .split(':')
    .filter((path) => path.startsWith('/') || (path !== '' && directory !== ''))
    .map((path) => absolutePath(path, directory));
  const all = value.endsWith(':') ? directories.concat(systemSearchPath) : directories;
  return [...new Set(all)];
}
