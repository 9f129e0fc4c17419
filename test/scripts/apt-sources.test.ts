import test from 'ava';

import { debianSources } from '../../scripts/build/apt-sources.ts';

const debian12 = 'VERSION_CODENAME=bookworm\n';

test('a deb822 source keeps mirror and keyring; suite and type change, updates and foreign archives fall away', (t) => {
  const sources = debianSources('trixie', debian12, {
    deb822: [
      'Types: deb\n# a comment\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\n' +
        'Components: main contrib\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n\n' +
        'Types: deb\nURIs: http://security.example/debian-security\nSuites: bookworm-security\nComponents: main\n',
      'Types: deb\nURIs: https://deb.nodesource.example/node_20.x\nSuites: nodistro\nComponents: main\n',
      'Enabled: no\nTypes: deb\nURIs: http://off.example/debian\nSuites: bookworm\nComponents: main\n',
    ],
    oneLine: [],
  });
  t.is(
    sources,
    'Types: deb-src\nURIs: http://mirror.example/debian\nSuites: trixie\nComponents: main\n' +
      'signed-by: /usr/share/keyrings/debian-archive-keyring.gpg\n',
  );
});

test('a key inside a deb822 source stays whole', (t) => {
  const key = '\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDMEY\n -----END PGP PUBLIC KEY BLOCK-----';
  const sources = debianSources('trixie', debian12, {
    deb822: [`Types: deb\nURIs: http://a.example\nSuites: bookworm\nComponents: main\nSigned-By:${key}\n`],
    oneLine: [],
  });
  t.true(sources?.endsWith(`signed-by: ${key}\n`), sources);
});

test('an old sources.list gives the same, options included', (t) => {
  const sources = debianSources('trixie', debian12, {
    deb822: [],
    oneLine: [
      '# deb http://off.example/debian bookworm main\n' +
        'deb [arch=amd64 signed-by=/k.gpg trusted=yes] http://mirror.example/debian bookworm main contrib # near\n' +
        'deb http://security.example/debian-security bookworm-security main\n' +
        'deb http://apt.example/sdk cloud-sdk-bookworm main\n',
    ],
  });
  t.is(
    sources,
    'Types: deb-src\nURIs: http://mirror.example/debian\nSuites: trixie\nComponents: main\n' +
      'signed-by: /k.gpg\ntrusted: yes\n',
  );
});

test('a machine without a Debian archive has no sources', (t) => {
  t.is(debianSources('trixie', 'ID=alpine\n', { deb822: [], oneLine: [] }), undefined);
});
