/**
 * Who may import whom below src/: an import only ever goes down. A folder ends in a slash and stands for all in it; the
 * longest entry that fits a file is its own. What a folder imports of itself is not listed.
 */
export const floors: Readonly<Record<string, readonly string[]>> = {
  // The composition roots, and with them the part that is loaded for clients: they know manager and faces both.
  'src/main.ts': ['src/'],
  'src/main/': ['src/'],
  'src/offline.ts': ['src/'],

  // The port is made by the roots from the host; the rest of ctl/ takes its types from there.
  'src/ctl/port.ts': ['src/ctl/', 'src/units/', 'src/journal/', 'src/manager/api.ts', 'src/host.d.ts'],
  'src/ctl/': ['src/ctl/port.ts', 'src/units/', 'src/graph/', 'src/journal/', 'src/manager/api.ts'],
  'src/dbus/': ['src/manager/api.ts', 'src/units/directives.ts', 'src/units/directives/', 'src/units/name.ts'],
  'src/manager/': ['src/units/', 'src/graph/', 'src/wire/', 'src/host.d.ts'],
  'src/graph/': ['src/units/'],
  'src/import/': ['src/units/', 'src/host.d.ts'],
  // The one file of units/ that knows the host: the others ask the disk through the port that it declares.
  'src/units/': ['src/units/files.ts'],
  'src/units/files.ts': ['src/units/', 'src/host.d.ts'],
  'src/journal/': ['src/units/name.ts', 'src/units/values/record-field.ts', 'src/host.d.ts'],
  'src/wire/': [],
};

/**
 * The one file that may import each third-party module. Any other cannot be imported below src/ at all: pino itself, for
 * one, would be another program under Node than in the engine.
 */
export const packageHomes: ReadonlyMap<string, string> = new Map([
  ['@dagrejs/graphlib', 'src/graph/digraph.ts'],
  ['pino/browser.js', 'src/manager/log.ts'],
  ['ini', 'src/import/ini.ts'],
]);
