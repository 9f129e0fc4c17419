/** The same units on the real systemd, on the pidone that we ship, and in the pure reader on Node. */
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseUnitName } from '../../src/units/name.ts';
import type { Machine } from '../oracle/machine.ts';
import { bootPidone } from '../oracle/pidone.ts';
import { bootSystemd } from '../oracle/systemd.ts';
import { readerShows } from './reader.ts';
import { parseShown, type Shown } from './shown.ts';

export interface Answers {
  readonly systemd: Shown;
  readonly pidone: Shown;
  readonly reader: Shown;
}

const searchPath = ['/etc/systemd/system', '/run/systemd/system', '/u'];

/** Units of a folder; a template as its instance `a-b`. */
export function namesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => parseUnitName(name) !== undefined)
    .map((name) => name.replace('@.', '@a-b.'));
}

/** `systemctl show --all` of `names`, once all of them are loaded. */
export async function showOnBoth(folder: string, names: readonly string[]): Promise<Answers> {
  const units = mkdtempSync(path.join(tmpdir(), 'pidone-oracle-units-'));
  const machines: Machine[] = [];
  try {
    cpSync(folder, units, { recursive: true, verbatimSymlinks: true });
    writeFileSync(path.join(units, 'oracle.target'), target(names));
    const systemd = await bootSystemd(units, ['ORACLE_OUTPUT=journal']);
    machines.push(systemd);
    const pidone = await bootPidone(units);
    machines.push(pidone);
    const command = `systemctl show --all -- ${names.map((name) => `'${name}'`).join(' ')}`;
    const [theirs, ours, reader] = await Promise.all([
      systemd.run(command),
      pidone.run(command),
      readerShows(`/proc/${String(systemd.init)}/root`, searchPath, names, ['oracle.target']),
    ]);
    for (const { status, stderr } of [theirs, ours])
      if (status !== 0) throw new Error(`systemctl show failed: ${stderr}`);
    return { systemd: parseShown(theirs.stdout), pidone: parseShown(ours.stdout), reader };
  } finally {
    await Promise.all(machines.map((machine) => machine.down()));
    rmSync(units, { recursive: true, force: true });
  }
}

/** What is active names them all, so that they stay loaded on both sides: only then do both know the same dependencies between them. */
function target(names: readonly string[]): string {
  const unit = ['[Unit]', 'DefaultDependencies=no', 'AllowIsolate=yes', 'Wants=basic.target', 'After=basic.target'];
  return [...unit, ...names.map((name) => `After=${name}`), ''].join('\n');
}
