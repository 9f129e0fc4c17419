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
  const encoded = tables.map((runs) => encode(runs, number));
  const runTables = encoded.map(
    (bytes, index) => `static const unsigned char runs_${String(index)}[] = {${[...bytes, 0].join(',')}};`,
  );
  return [
    '/* Made by scripts/build/lines.ts. */',
    '#include "bytecode.h"',
    `const char *const pidone_sources[] = {\n${[...sources.map((source) => `${JSON.stringify(source)},`), '0,'].join('\n')}\n};`,
    ...runTables,
    'const struct pidone_line_table pidone_lines[] = {',
    ...encoded.map((bytes, index) => `    {runs_${String(index)}, ${String(bytes.length)}},`),
    '    {0, 0},',
    '};',
    '',
  ].join('\n');
}

/** As native/bytecode.h says. */
function encode(runs: readonly LineRun[], sources: ReadonlyMap<string, number>): number[] {
  const bytes: number[] = [];
  let before = { first: 0, line: 0, source: 0 };
  for (const { first, line, source } of runs) {
    const run = { first, line, source: sources.get(source) ?? 0 };
    bytes.push(
      ...sevenBits(run.first - before.first),
      ...sevenBits(zigzag(run.line - before.line)),
      ...sevenBits(zigzag(run.source - before.source)),
    );
    before = run;
  }
  return bytes;
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function sevenBits(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) + 0x80, ...sevenBits(Math.floor(value / 0x80))];
}
