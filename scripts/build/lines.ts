import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, join, normalize } from 'node:path';

import type { Product } from './layout.ts';
import { runStep } from './step.ts';

/** From line `first` of the module on, lines are those of `source` from `line` on; both count from 1. */
interface LineRun {
  readonly first: number;
  readonly line: number;
  readonly source: string;
}

/** Writes the table that native/bytecode.h declares, from the bundle's source maps: lines.c (build/gen/lines.c). */
export async function writeLineTable(
  { name, bundleFolder, generatedFolder }: Product,
  modules: readonly string[],
): Promise<void> {
  const output = join(generatedFolder, 'lines.c');
  await runStep({
    name: `${name}lines`,
    inputs: [join(bundleFolder, '**/*.js{,.map}')],
    settings: modules,
    outputs: [output],
    run: () => {
      mkdirSync(generatedFolder, { recursive: true });
      writeFileSync(output, lineTableSource(modules.map((module) => lineRuns(join(bundleFolder, module)))));
    },
  });
}

function lineRuns(file: string): LineRun[] {
  const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMapPayload);
  const runs: LineRun[] = [];
  readFileSync(file, 'utf8')
    .split('\n')
    .forEach((text, index) => {
      const entry = map.findEntry(index, text.search(/\S|$/));
      // What the bundler made up has no mapping of its own: the one found then belongs to a line before.
      if (!('originalSource' in entry) || entry.generatedLine !== index) return;
      const run = {
        first: index + 1,
        line: entry.originalLine + 1,
        source: normalize(join(dirname(file), entry.originalSource)),
      };
      const last = runs.at(-1);
      if (last?.source !== run.source || run.line - last.line !== run.first - last.first) runs.push(run);
    });
  return runs;
}

function lineTableSource(tables: readonly (readonly LineRun[])[]): string {
  const sources = [...new Set(tables.flatMap((runs) => runs.map((run) => run.source)))].sort();
  const number = new Map(sources.map((source, index) => [source, index]));
  const runTables = tables.map((runs, index) => {
    const rows = runs.map(
      (run) => `{${String(run.first)}, ${String(run.line)}, ${String(number.get(run.source) ?? 0)}},`,
    );
    return `static const struct pidone_line_run runs_${String(index)}[] = {\n${[...rows, '{0, 0, 0},'].join('\n')}\n};`;
  });
  return [
    '/* Made by scripts/build/lines.ts. */',
    '#include "bytecode.h"',
    `const char *const pidone_sources[] = {\n${[...sources.map((source) => `${JSON.stringify(source)},`), '0,'].join('\n')}\n};`,
    ...runTables,
    'const struct pidone_line_table pidone_lines[] = {',
    ...tables.map((runs, index) => `    {runs_${String(index)}, ${String(runs.length)}},`),
    '    {0, 0},',
    '};',
    '',
  ].join('\n');
}
