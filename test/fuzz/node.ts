// node test/fuzz/node.ts CORPUS FIRST: the same report as the engine's (engine/offline.ts), on Node.
import { readFileSync } from 'node:fs';
import { decodeText } from '../fake/text.ts';
import { report } from './engine/report.ts';

const [file = '', first = '0'] = process.argv.slice(2);
const bytes = readFileSync(file);
process.stdout.write(report(decodeText(bytes, 0, bytes.length), Number(first)));
