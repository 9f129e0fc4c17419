import { join } from 'node:path';

import test from 'ava';
import { ESLint } from 'eslint';

const root = join(import.meta.dirname, '..', '..');

/** Lints `code` as if it were the file `path`; gives the texts of what the import rule says. */
async function importErrors(path: string, code: string): Promise<string[]> {
  const eslint = new ESLint({
    cwd: root,
    // Type-aware rules want a file that exists; the import rule does not.
    overrideConfig: { languageOptions: { parserOptions: { project: null } } },
    ruleFilter: ({ ruleId }) => ruleId === 'pidone/import-floors',
  });
  const [result] = await eslint.lintText(code, { filePath: join(root, path) });
  return (result?.messages ?? []).map((message) => message.message);
}

function refuses(title: string, path: string, code: string, expected: RegExp): void {
  test(`refused: ${title}`, async (t) => {
    const [message, ...more] = await importErrors(path, code);
    t.regex(message ?? '(nothing)', expected);
    t.deepEqual(more, []);
  });
}

function allows(title: string, path: string, code: string): void {
  test(`allowed: ${title}`, async (t) => {
    t.deepEqual(await importErrors(path, code), []);
  });
}

refuses(
  'graph/ imports manager/',
  'src/graph/x.ts',
  `import '../manager/core.ts';`,
  /may not import src\/manager\/core/,
);
refuses('units/ imports the host', 'src/units/x.ts', `import type { Host } from '../host.d.ts';`, /src\/host\.d\.ts/);
refuses('wire/ imports units/', 'src/wire/x.ts', `export { a } from '../units/name.ts';`, /src\/units\/name/);
refuses('manager/ imports ctl/ lazily', 'src/manager/x.ts', `await import('../ctl/serve.ts');`, /src\/ctl\/serve/);
refuses(
  "ctl/ imports the manager's insides",
  'src/ctl/a/x.ts',
  `import '../../manager/core.ts';`,
  /src\/manager\/core/,
);
refuses('a type comes up from below', 'src/graph/x.ts', `type A = import('../ctl/serve.ts').A;`, /src\/ctl\/serve/);
refuses('Node in src/', 'src/units/x.ts', `import 'node:fs';`, /src\/ may not import node:fs/);
refuses('a package that nobody keeps', 'src/units/x.ts', `import 'lodash';`, /src\/ may not import lodash/);
refuses(
  'a package away from its home',
  'src/manager/x.ts',
  `import 'pino/browser.js';`,
  /only be imported by src\/manager\/log\.ts/,
);
refuses('src/ imports tests', 'src/units/x.ts', `import '../../test/puppet/p.ts';`, /may not import test\/puppet/);
refuses('a folder that the table does not know', 'src/utils/x.ts', `import './y.ts';`, /in no folder/);

allows('the roof imports all', 'src/main.ts', `import './ctl/serve.ts'; import './manager/core.ts';`);
allows('a folder imports itself', 'src/manager/service/x.ts', `import '../core.ts';`);
allows("ctl/ imports the manager's interface", 'src/ctl/verbs/x.ts', `import '../../manager/api.ts';`);
allows('the one file of units/ that reads the disk', 'src/units/files.ts', `import type { Host } from '../host.d.ts';`);
allows('a package at home', 'src/graph/digraph.ts', `import { Graph } from '@dagrejs/graphlib';`);
allows('tests import what they like', 'test/x.ts', `import 'node:fs'; import '../src/manager/core.ts';`);
