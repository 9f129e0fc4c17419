import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

import type { Rule } from 'eslint';

import { floors, packageHomes } from './floors.ts';

/**
 * The lint rule for the tables in floors.ts. It judges every import and re-export of a file below src/, types included:
 * a type that comes up from below the floor couples as much as a value does.
 */
export const importFloors: Rule.RuleModule = {
  meta: {
    type: 'problem',
    messages: {
      upwards: '{{from}} may not import {{to}}: {{floor}} may import {{allowed}} (scripts/lint/floors.ts).',
      noFloor: '{{from}} is in no folder that scripts/lint/floors.ts knows.',
      foreign: '{{package}} may only be imported by {{home}} (scripts/lint/floors.ts).',
      outside:
        'src/ may not import {{to}}: the engine has nothing but src/ and the packages in scripts/lint/floors.ts.',
    },
    schema: [],
  },
  create(context) {
    const root = projectRootOf(context.filename);
    const from = relative(root, context.filename).split(sep).join('/');
    if (!from.startsWith('src/') || from.endsWith('.d.ts')) return {};
    const floor = floorOf(from);

    function judge(node: Rule.Node, specifier: string): void {
      if (!specifier.startsWith('.')) {
        const home = packageHomes.get(specifier);
        if (home === undefined) context.report({ node, messageId: 'outside', data: { to: specifier } });
        else if (home !== from) context.report({ node, messageId: 'foreign', data: { package: specifier, home } });
        return;
      }
      const to = relative(root, join(dirname(context.filename), specifier))
        .split(sep)
        .join('/');
      if (!to.startsWith('src/')) context.report({ node, messageId: 'outside', data: { to } });
      else if (floor === undefined) context.report({ node, messageId: 'noFloor', data: { from } });
      else if (!mayImport(floor, to)) {
        const allowed = ['itself', ...(floors[floor] ?? [])].join(', ');
        context.report({ node, messageId: 'upwards', data: { from, to, floor, allowed } });
      }
    }

    function judgeSource(node: Rule.Node): void {
      if (!('source' in node)) return;
      const source = node.source as Rule.Node | null | undefined;
      if (source?.type === 'Literal' && typeof source.value === 'string') judge(source, source.value);
    }

    return {
      ImportDeclaration: judgeSource,
      ExportNamedDeclaration: judgeSource,
      ExportAllDeclaration: judgeSource,
      ImportExpression: judgeSource,
      TSImportType: judgeSource,
    };
  },
};

/** The longest key of the table that the file lies in, or is. */
function floorOf(file: string): string | undefined {
  return Object.keys(floors)
    .filter((floor) => within(file, floor))
    .sort((a, b) => b.length - a.length)[0];
}

function mayImport(floor: string, to: string): boolean {
  return floorOf(to) === floor || (floors[floor] ?? []).some((allowed) => within(to, allowed));
}

function within(file: string, floor: string): boolean {
  return floor.endsWith('/') ? file.startsWith(floor) : file === floor;
}

/** The nearest folder above the file that has a package.json. */
function projectRootOf(file: string): string {
  let folder = dirname(file);
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
