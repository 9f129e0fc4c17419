/** What takes the place of src/offline.ts in the fuzzer (scripts/build/layout.ts): `systemd-fuzz CORPUS FIRST` reports on a file of inputs. */
import type { Host, ToolOutput, ToolRequest } from '../../../src/host.d.ts';
import { report } from './report.ts';

const largest = 256 * 1024 * 1024;

export function tool(host: Host, { arguments: [file = '', first = '0'] }: ToolRequest): ToolOutput {
  const corpus = host.readFile(file, largest);
  if (typeof corpus === 'number')
    return { errand: undefined, stdout: '', stderr: `${file}: errno ${corpus}\n`, status: 1 };
  return { errand: undefined, stdout: report(corpus, Number(first)), stderr: '', status: 0 };
}
