import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandLines } from '../ctl/run/command-lines.ts';
import { bootSystemd } from './systemd.ts';

/** The files of the units that the real systemd-run makes of each command line, by name. */
export type Fragments = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const RECORDED = fileURLToPath(new URL('../ctl/run/fragments.json', import.meta.url));
const UNITS = path.join(import.meta.dirname, '../ctl/run/units');

/** Asks the real systemd-run for them all. */
export async function askForFragments(): Promise<Fragments> {
  const machine = await bootSystemd(UNITS);
  const fragments: Record<string, Record<string, string>> = {};
  try {
    for (const line of commandLines) {
      const { stdout, stderr } = await machine.run(
        `cd /usr; systemd-run -q --unit=x ${line} && cd /run/systemd/transient && for file in x.*; do echo "== $file"; cat "$file"; done; systemctl stop 'x.*' 2>/dev/null; systemctl reset-failed`,
      );
      const files: Record<string, string> = {};
      for (const part of stdout.split(/^== /m).slice(1)) {
        const [name = ''] = part.split('\n', 1);
        files[name] = part.slice(name.length + 1);
      }
      if (Object.keys(files).length === 0) throw new Error(`systemd-run ${line}: ${stderr}`);
      fragments[line] = files;
    }
  } finally {
    await machine.down();
  }
  return fragments;
}
