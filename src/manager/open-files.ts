/** OpenFile= as the keeper takes it: systemd.service(5), open_file_parse() of systemd's src/shared/open-file.c. */
import type { ExecSlot, Unit } from '../units/model.ts';

/** "OPTIONS:NAME" and the path; only ExecStart= is given descriptors. */
export function openFiles({ accepted }: Unit, phase: ExecSlot): readonly string[] | undefined {
  const text = phase === 'ExecStart' && accepted.size > 0 ? accepted.get('OpenFile') : undefined;
  return text?.split('\n').map((line) => {
    const [path = '', name = '', options = ''] = line.split(':');
    const letters = options.split(',').map((word) => word.charAt(0));
    return `${letters.join('')}:${name === '' ? path.slice(path.lastIndexOf('/') + 1) : name}${path}`;
  });
}
