// What a bus sends, as bytes.
const bus = 'org.freedesktop.DBus';

export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

export function answerTo(serial: number, text: string, big = false, sender = bus): Uint8Array {
  return message(
    2,
    [
      [5, serial],
      [7, sender],
      [8, 's'],
    ],
    [text],
    big,
  );
}

export function errorTo(serial: number, name: string): Uint8Array {
  return message(
    3,
    [
      [4, name],
      [5, serial],
      [7, bus],
      [8, 's'],
    ],
    ['It is so, ändern geht nicht.'],
    false,
  );
}

export function ownerChanged(name: string, before: string, after: string): Uint8Array {
  return signal('NameOwnerChanged', [name, before, after]);
}

export function signal(member: string, strings: readonly string[], sender = bus): Uint8Array {
  const fields: Fields = [
    [1, '/org/freedesktop/DBus'],
    [2, bus],
    [3, member],
    [7, sender],
    [8, 's'.repeat(strings.length)],
  ];
  return message(4, fields, strings, false);
}

type Fields = readonly (readonly [code: number, value: string | number])[];

function message(type: number, fields: Fields, strings: readonly string[], big: boolean): Uint8Array {
  const u32 = (value: number): number[] => {
    const bytes = [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];
    return big ? bytes.reverse() : bytes;
  };
  const pad = (bytes: number[], to: number): void => {
    while (bytes.length % to !== 0) bytes.push(0);
  };
  const string = (bytes: number[], text: string): void => {
    pad(bytes, 4);
    const encoded = Buffer.from(text);
    bytes.push(...u32(encoded.length), ...encoded, 0);
  };
  const body: number[] = [];
  for (const each of strings) string(body, each);
  const array: number[] = [];
  for (const [code, value] of fields) {
    pad(array, 8);
    const signature = typeof value === 'number' ? 'u' : code === 1 ? 'o' : code === 8 ? 'g' : 's';
    array.push(code, 1, signature.charCodeAt(0), 0);
    if (typeof value === 'number') array.push(...u32(value));
    else if (signature === 'g') array.push(value.length, ...bytesOf(value), 0);
    else string(array, value);
  }
  const all = [big ? 0x42 : 0x6c, type, 1, 1, ...u32(body.length), ...u32(1), ...u32(array.length), ...array];
  pad(all, 8);
  return Uint8Array.from([...all, ...body]);
}
