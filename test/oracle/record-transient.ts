// node test/oracle/record-transient.ts: writes what the real systemd-run makes of the command lines.
import { writeFileSync } from 'node:fs';
import { askForFragments, RECORDED } from './transient.ts';

writeFileSync(RECORDED, `${JSON.stringify(await askForFragments(), undefined, 2)}\n`);
