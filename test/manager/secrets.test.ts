import test from 'ava';
import { secretFields } from '../../src/manager/secrets.ts';
import { fakeHost } from '../fake/host.ts';
import { loadUnit } from '../fake/load-unit.ts';

const directory = '/run/credentials/x.service';

function secretsOf(
  settings: string,
  files: Readonly<Record<string, string>> = {},
  container: Readonly<Record<string, string>> = {},
) {
  const { accepted } = loadUnit(`[Service]\nExecStart=/bin/a\n${settings.replaceAll(' | ', '\n')}\n`);
  return secretFields(accepted, directory, 7, {
    files: fakeHost({ files }),
    container: new Map(Object.entries(container)),
  });
}

/** Kind, name and path of each. */
function records(...args: Parameters<typeof secretsOf>): readonly string[] {
  const result = secretsOf(...args);
  if (!result.ok) throw new Error(result.why);
  const { secrets = [] } = result.fields;
  return secrets.flatMap((_, index) =>
    index % 3 === 0
      ? [
          secrets
            .slice(index, index + 3)
            .join(' ')
            .trim(),
        ]
      : [],
  );
}

test('A path is loaded, and may be missing where the unit has its own words for the name', (t) => {
  t.deepEqual(records('LoadCredential=a:/etc/x | LoadCredential=b:/etc/y | SetCredential=b:z'), [
    'l a /etc/x',
    'o b /etc/y',
    's0 1 b',
  ]);
});

test('A name is looked for in what the container was given, in the stores, and among the engine’s secrets', (t) => {
  const found = records('LoadCredential=a:other', {}, { CREDENTIALS_DIRECTORY: '/given' });
  t.is(found[0], 'f a /given/other');
  t.true(found.includes('f a /etc/credstore/other'));
  t.is(found.at(-1), 'f a /run/secrets/other');
  t.is(records('LoadCredential=a').at(-1), 'f a /run/secrets/a');
  t.is(records('LoadCredential=a', {}, { CREDENTIALS_DIRECTORY: 'relative' })[0], 'f a /etc/credstore/a');
});

test('ImportCredential= takes all that begin so, under another beginning if it is said', (t) => {
  const files = {
    '/run/secrets/db.user': '',
    '/run/secrets/db.password': '',
    '/etc/credstore/db.user': '',
    '/etc/credstore/x': '',
  };
  t.deepEqual(records('ImportCredential=db.*', files), [
    'f db.user /etc/credstore/db.user',
    'f db.password /run/secrets/db.password',
    'f db.user /run/secrets/db.user',
  ]);
  t.deepEqual(records('ImportCredential=db.user:pg.', files)[0], 'f pg. /etc/credstore/db.user');
  t.deepEqual(records('ImportCredential=db.*:pg.', files)[1], 'f pg.password /run/secrets/db.password');
  t.deepEqual(records('ImportCredential=nothing'), []);
});

test('Words of the unit have C escapes, down to bytes; of one name the last counts', (t) => {
  const result = secretsOf('SetCredential=a:first | SetCredential=a:\\x00\\n\\xffé | SetCredential=b: x');
  t.true(result.ok);
  if (!result.ok) return;
  t.deepEqual(result.fields.secrets, ['s0 5', 'a', '', 's5 2', 'b', '']);
  t.deepEqual([...(result.fields.secretsData ?? [])], [0, 10, 255, 0xc3, 0xa9, 32, 120]);
  t.like(result.fields, { secretsDirectory: directory, secretsOwner: 7 });
});

test('What is encrypted is refused; a name that is in no store is none', (t) => {
  t.like(secretsOf('SetCredentialEncrypted=a:aGVsbG8='), { ok: false });
  t.like(secretsOf('LoadCredentialEncrypted=a:/etc/x'), { ok: false });
  t.like(secretsOf('LoadCredentialEncrypted=a', { '/etc/credstore.encrypted/a': '' }), { ok: false });
  t.true(secretsOf('LoadCredentialEncrypted=a').ok);
});
