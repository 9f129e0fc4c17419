import {
  consoleModes,
  endCodes,
  type FieldKind,
  fieldKinds,
  frames,
  runFlags,
  senders,
  slots,
  keyringModes,
  privateUsers,
  socketKinds,
  streamKinds,
  wireVersion,
} from '../../src/wire/schema.ts';

/** A tag is a bit of the decoder's mask of tags already seen. */
const highestTag = 127;

/** In the place of a kind, where no field has the tag: no kind, and no end of the text either. */
const noKind = 0o177;

/** native/wire-tags.h: the numbers of src/wire/schema.ts in C. Laid out as clang-format wants it. */
export function wireTagsHeader(): string {
  return [
    '/* Generated from src/wire/schema.ts by `npm run generate`. What each frame and field means is told there. */',
    '#ifndef PIDONE_WIRE_TAGS_H',
    '#define PIDONE_WIRE_TAGS_H',
    enumOf([['WIRE_VERSION', wireVersion]]),
    numbers('WIRE_KIND', fieldKinds),
    enumOf(Object.entries(frames).map(([name, { type }]) => [`WIRE_${constantCase(name)}`, type])),
    ...Object.entries(frames).flatMap(([name, { fields }]) => fieldTags(name, fields)),
    numbers('SLOT', slots),
    numbers('RUN', runFlags),
    numbers('STREAM', streamKinds),
    numbers('SOCKET', socketKinds),
    numbers('KEYRING', keyringModes),
    numbers('USERS', privateUsers),
    numbers('CONSOLE', consoleModes),
    numbers('END', endCodes),
    numbers('SENDER', senders),
    kindsByType(),
    '#endif\n',
  ].join('\n\n');
}

type Fields = Readonly<Record<string, readonly [tag: number, kind: FieldKind]>>;

function fieldTags(frame: string, fields: Fields): string[] {
  const tags = Object.entries(fields).map(([field, [tag]]): [string, number] => {
    if (tag < 1 || tag > highestTag)
      throw new Error(`${frame}.${field}: tag ${String(tag)} is not 1 to ${String(highestTag)}.`);
    return [`WIRE_${constantCase(frame)}_${constantCase(field)}`, tag];
  });
  if (new Set(tags.map(([, tag]) => tag)).size !== tags.length) throw new Error(`${frame}: a tag is given twice.`);
  return tags.length === 0 ? [] : [enumOf(tags)];
}

function numbers(prefix: string, values: Readonly<Record<string, number>>): string {
  return enumOf(Object.entries(values).map(([name, value]) => [`${prefix}_${constantCase(name)}`, value]));
}

function enumOf(entries: readonly (readonly [string, number])[]): string {
  return ['enum {', ...entries.map(([name, value]) => `    ${name} = ${String(value)},`), '};'].join('\n');
}

function kindsByType(): string {
  const rows = Object.entries(frames).map(([name, { fields }]) => {
    const kinds: number[] = [];
    for (const [tag, kind] of Object.values(fields as Fields)) kinds[tag - 1] = fieldKinds[kind];
    const bytes = Array.from(kinds, (kind: number | undefined) => `\\${(kind ?? noKind).toString(8)}`).join('');
    return `    [WIRE_${constantCase(name)}] = "${bytes}",`;
  });
  return [
    '#ifdef WIRE_WANT_KINDS /* wire.c alone */',
    '/* For each frame type the kinds of its fields: kind of tag 1, of tag 2 …; \\177 where there is no such tag. */',
    '/* clang-format off */',
    'static const char *const wire_kinds_by_type[] = {',
    ...rows,
    '};',
    '/* clang-format on */',
    '#endif',
  ].join('\n');
}

function constantCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase();
}
