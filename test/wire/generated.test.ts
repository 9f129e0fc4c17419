import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import test from 'ava';

import { wireTagsHeader } from '../../scripts/generate/wire-tags.ts';
import { wireVectorsHeader } from '../../scripts/generate/wire-vectors.ts';

const root = join(import.meta.dirname, '../..');

test('native/wire-tags.h is what src/wire/schema.ts says (npm run generate)', (t) => {
  t.is(readFileSync(join(root, 'native/wire-tags.h'), 'utf8'), wireTagsHeader());
});

test('native/test/wire-vectors.h is what src/wire/codec.ts writes (npm run generate)', (t) => {
  t.is(readFileSync(join(root, 'native/test/wire-vectors.h'), 'utf8'), wireVectorsHeader());
});
