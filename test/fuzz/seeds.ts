import { readdirSync, readFileSync } from 'node:fs';

const own = new URL('../oracle-units/units/', import.meta.url);

/** The texts of all unit files and drop-ins below a folder, as strings of bytes; without one, those of our own questions to systemd. */
export function seedsOf(folder: URL | string = own): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`)
    .sort()
    .map((path) => readFileSync(path, 'latin1'));
}
