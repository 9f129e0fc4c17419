/** Values of the settings about disk images: man systemd.exec, RootImage= and what follows. */
import { type AcceptedKind, escaped, list, readPath, scalar, tellWord } from './accepted-kind.ts';
import { expandOrWarn, type ValueContext } from './value-kind.ts';
import { countHexBytes, isBase64 } from './values/identifier.ts';
import { isImagePolicy, isPartition } from './values/mount.ts';

/** `partition:options` pairs, or options for the root alone; '' when one was told. */
function readImageOptions(text: string, context: ValueContext): string {
  const parts = splitColons(text);
  const told: string[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    const [partition = '', options] = parts.slice(at, at + 2);
    if (options !== undefined && !isPartition(partition)) tellWord(context, partition, 'partition');
    else if (expandOrWarn(options ?? partition, context) !== undefined) {
      told.push(options === undefined ? partition : `${partition}:${options}`);
    }
  }
  return told.join(':');
}

export const rootImageOptions: AcceptedKind = escaped(
  list('mount option of a partition', 'unquote', (text, context) =>
    splitColons(text).length > 2 ? undefined : readImageOptions(text, context),
  ),
);

export const mountImages: AcceptedKind = list('image with a destination', 'unquote', (text, context) => {
  const [from, to, ...options] = splitColons(text);
  if (from === undefined) return '';
  const source = readPath(from.replace(/^-/, ''), 'absolute', context);
  if (source === undefined) return '';
  if (to === undefined || to === '') return undefined;
  const destination = readPath(to, 'absolute', context);
  if (destination === undefined) return '';
  const rest = options.length === 0 ? '' : `:${readImageOptions(options.join(':'), context)}`;
  return `${from.startsWith('-') ? '-' : ''}${source}:${destination}${rest}`;
});

export const extensionImages: AcceptedKind = list('image', 'unquote', (text, context) => {
  const [from, ...options] = splitColons(text);
  if (from === undefined) return '';
  const source = readPath(from.replace(/^-/, ''), 'absolute', context);
  if (source === undefined) return '';
  const rest = options.length === 0 ? '' : `:${readImageOptions(options.join(':'), context)}`;
  return `${from.startsWith('-') ? '-' : ''}${source}${rest}`;
});

/** An escaped colon is none; several are one. */
function splitColons(text: string): readonly string[] {
  return text.split(/(?<!\\):+/).filter((part, index, all) => part !== '' || (index > 0 && index < all.length - 1));
}

export const imagePolicy: AcceptedKind = scalar('image policy', 'reset', (text) =>
  isImagePolicy(text) ? text : undefined,
);

export const rootHash: AcceptedKind = scalar('path or hash', 'reset', (text) =>
  text.startsWith('/') || (countHexBytes(text) ?? 0) >= 16 ? text : undefined,
);

export const rootHashSignature: AcceptedKind = scalar("path or signature after 'base64:'", 'reset', (text) =>
  text.startsWith('/') || (text.startsWith('base64:') && isBase64(text.slice(7))) ? text : undefined,
);
