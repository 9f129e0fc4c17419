/**
 * Writes src/units/builtin.ts from the unit files in units/: they are compiled into the program, so that an image without
 * systemd's files has the special targets. `--check` only tells whether the file is what would be written.
 */
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';

import { format, resolveConfig } from 'prettier';

const source = new URL('../units/', import.meta.url);
const output = new URL('../src/units/builtin.ts', import.meta.url);

export async function generateBuiltin(): Promise<string> {
  const entries = readdirSync(source, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = entries.filter((entry) => entry.isFile() && /\.(target|service|socket)$/.test(entry.name));
  const links = entries.filter((entry) => entry.isSymbolicLink());
  const texts = files.map(({ name }) => `  '${name}': ${quote(readFileSync(new URL(name, source), 'utf8'))},\n`);
  const aliases = links.map(({ name }) => `  '${name}': '${readlinkSync(new URL(name, source))}',\n`);
  const options = await resolveConfig(output);
  return format(
    `${head}
/** Name → text. */
export const builtinTexts: Readonly<Record<string, string>> = {
${texts.join('')}};

/** Aliases: name → name. */
export const builtinLinks: Readonly<Record<string, string>> = {
${aliases.join('')}};
`,
    { ...options, parser: 'typescript' },
  );
}

const head = `/* eslint max-lines: off -- generated from units/ by scripts/generate-builtin.ts */

/** Stands for the directory of these files, after all real ones. */
export const builtinDirectory = 'builtin:';
`;

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

if (import.meta.main) {
  const text = await generateBuiltin();
  if (!process.argv.includes('--check')) writeFileSync(output, text);
  else if (readFileSync(output, 'utf8') !== text) {
    process.stderr.write('src/units/builtin.ts is stale: run node scripts/generate-builtin.ts\n');
    process.exitCode = 1;
  }
}
