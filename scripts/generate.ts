/** npm run generate: writes the files that are made from the project's own tables. Tests hold each to its table. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { directivesPage } from './generate/directives.ts';
import { serviceStates } from './generate/service-states.ts';
import { wireTagsHeader } from './generate/wire-tags.ts';
import { wireVectorsHeader } from './generate/wire-vectors.ts';

const root = join(import.meta.dirname, '..');

writeFileSync(join(root, 'native/wire-tags.h'), wireTagsHeader());
writeFileSync(join(root, 'native/test/wire-vectors.h'), wireVectorsHeader());
writeFileSync(join(root, 'docs/service-states.md'), serviceStates());
writeFileSync(join(root, 'docs/directives.md'), directivesPage());
