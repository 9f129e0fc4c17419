import type { HostEffect } from '../../src/host.d.ts';
import type { TapeLine } from '../../src/manager/recording.ts';
import { decodeFrame, isWireError } from '../../src/wire/codec.ts';
import { decodeText, encodeText } from '../../test/fake/text.ts';

const text = { encode: encodeText, decode: decodeText };

/** As many characters of a long line as are shown before and after the first that differs. */
const before = 100;
const after = 200;

/** What a manager did and what it does now, as lines: only what differs, frames in words. */
export function describeDifference(recorded: TapeLine | undefined, now: TapeLine): readonly string[] {
  if (recorded !== undefined && 'effects' in recorded && 'effects' in now) {
    const at = firstDifference(recorded.effects, now.effects);
    return [
      `effect ${at + 1} of ${recorded.effects.length} recorded, ${now.effects.length} now`,
      ...contrast(describeEffect(recorded.effects[at]), describeEffect(now.effects[at])),
    ];
  }
  return contrast(recorded === undefined ? 'nothing more' : describeLine(recorded), describeLine(now));
}

/** One line of a recording in words. */
export function describeLine(line: TapeLine): string {
  if ('call' in line) return `${line.call}(${line.with.map((value) => json(value)).join(', ')})`;
  if ('event' in line) return `the event ${line.event.kind}`;
  if ('threw' in line) return `throws ${line.threw.name}: ${line.threw.message}`;
  if ('effects' in line) return `ends the batch with ${line.effects.map(describeEffect).join('; ') || 'no effect'}`;
  return `a recording of ${line.version}`;
}

function firstDifference(recorded: readonly HostEffect[], now: readonly HostEffect[]): number {
  const at = recorded.findIndex((effect, index) => json(effect) !== json(now[index]));
  return at < 0 ? recorded.length : at;
}

function describeEffect(effect: HostEffect | undefined): string {
  if (effect === undefined) return 'none';
  if (!('bytes' in effect)) return json(effect);
  const { kind, bytes, ...whom } = effect;
  const frame = decodeFrame(text, bytes);
  const words = isWireError(frame)
    ? json(bytes)
    : `${frame.name} ${json(frame.body)} (number ${frame.sequence}, has ${frame.acknowledged})`;
  const others = Object.values(whom).map((value) => (typeof value === 'object' ? json(value) : String(value)));
  return [kind, ...others, words].join(' ');
}

/** As JSON; bytes as the text that they mostly are, big numbers as TypeScript writes them. */
function json(value: unknown): string {
  if (value === undefined) return 'undefined';
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part instanceof Uint8Array) return decodeText(part, 0, part.length);
    return typeof part === 'bigint' ? `${String(part)}n` : part;
  });
}

/** Two texts where they begin to differ. */
export function contrast(recorded: string, now: string): readonly string[] {
  let same = 0;
  while (same < recorded.length && recorded[same] === now[same]) same += 1;
  const from = Math.max(0, same - before);
  const part = (line: string): string =>
    `${from > 0 ? '…' : ''}${line.slice(from, same + after)}${line.length > same + after ? '…' : ''}`;
  return [`recorded  ${part(recorded)}`, `now       ${part(now)}`];
}
