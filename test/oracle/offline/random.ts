/**
 * Trees and commands that nobody thought of: few names, so that they meet, in every directory, as files, masks and links that
 * lead anywhere, with [Install] sections of right and wrong words. The same seed gives the same.
 */
import type { Tree } from './trees.ts';

export interface RandomSequence {
  readonly tree: Tree;
  readonly commands: readonly string[];
}

// None of these is built into pidone: what a tree has not is not there.
const names =
  'a.service b.service c.service d@.service d@x.service d@y.service e@.service e@x.service a.socket b.target mine.target g@.target g@x.target m.mount a.timer'.split(
    ' ',
  );
const directories =
  'lib/systemd/system lib/systemd/system lib/systemd/system etc/systemd/system etc/systemd/system run/systemd/system usr/lib/systemd/system usr/local/lib/systemd/system run/systemd/generator run/systemd/transient etc/systemd/system.attached opt'.split(
    ' ',
  );
const references = [
  ...names,
  ...names,
  ...'nowhere.target nonsense %i.service %p.target %n d@%i.service x%j.service %Z.target z.service d@z.service mine.target.wants/a.service b.target.requires/d@x.service 100% %N.target'.split(
    ' ',
  ),
];
const keys = ['Alias', 'WantedBy', 'WantedBy', 'RequiredBy', 'Also', 'DefaultInstance'];
const targets = [
  '',
  '/lib/systemd/system/',
  '/etc/systemd/system/',
  '/opt/',
  '../../../opt/',
  '/usr/lib/systemd/system/',
  '/nowhere/',
  './',
];
// preset-all goes by the order of directories, which is none.
const verbs =
  'enable enable enable disable disable reenable is-enabled mask unmask preset revert link add-wants add-requires set-default get-default list-unit-files'.split(
    ' ',
  );
const options = ['', '', '', '--runtime ', '--force ', '-q ', '--runtime --force '];

export function randomSequence(seed: number): RandomSequence {
  // mulberry32
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  const pick = (list: readonly string[]): string => list[below(list.length)] ?? '';
  const times = (most: number): readonly undefined[] => Array.from({ length: below(most) });
  const install = (): string =>
    times(4)
      .map(() => {
        const key = pick(keys);
        if (key === 'DefaultInstance') return `${key}=${pick(['x', 'y', '%j', ''])}\n`;
        return `${key}=${below(12) === 0 ? '' : pick(references)}${below(3) === 0 ? ` ${pick(references)}` : ''}\n`;
      })
      .join('');
  const file = (): string => {
    const kind = below(10);
    if (kind < 6) return `[Unit]\nDescription=x\n[Install]\n${install()}`;
    if (kind === 6) return '';
    return kind === 7 ? '-> /dev/null' : `-> ${pick(targets)}${pick(names)}`;
  };

  const tree: Record<string, string | null> = {
    'lib/systemd/system/graphical.target': '[Unit]\n',
    'lib/systemd/system/default.target': '-> graphical.target',
    'etc/systemd/system': null,
  };
  for (const _ of Array.from({ length: 4 + below(10) })) tree[`${pick(directories)}/${pick(names)}`] = file();
  for (const _ of times(6)) {
    const folder = `${pick(directories)}/${pick(names)}.${pick(['wants', 'requires'])}`;
    tree[`${folder}/${pick(names)}`] = `-> ${pick(['../', ...targets])}${pick(names)}`;
  }
  for (const _ of times(3)) {
    const folder = `${pick(['etc', 'run', 'lib'])}/systemd/system/${pick(names)}.d`;
    tree[`${folder}/${pick(['a', 'b'])}.conf`] = `[Install]\n${install()}`;
  }
  const patterns = [
    ...names,
    '*',
    'a.*',
    'd@*',
    '*.target',
    'd@.service x y',
    'e@.service q',
    '[ab].service',
    '?.service',
  ];
  if (below(2) === 0) {
    const rules = times(5).map(() => `${pick(['enable', 'disable'])} ${pick(patterns)}\n`);
    tree['etc/systemd/system-preset/10.preset'] = rules.join('');
  }

  const word = (): string =>
    pick([
      ...names,
      ...names,
      'nowhere',
      'a',
      'b',
      'z.service',
      'd@z',
      `/opt/${pick(names)}`,
      `/lib/systemd/system/${pick(names)}`,
    ]);
  const command = (): string => {
    const verb = pick(verbs);
    if (verb === 'get-default' || verb === 'list-unit-files') return verb;
    const first = `${pick(options)}${verb} ${word()}`;
    return verb !== 'set-default' && (verb.startsWith('add') || below(3) === 0) ? `${first} ${word()}` : first;
  };
  return { tree, commands: Array.from({ length: 12 }, command) };
}
