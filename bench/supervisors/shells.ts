import type { Service, StageFile, Supervisor } from './supervisor.ts';

/** A script that starts everything in the background and waits, run by a shell alone or below one of the small inits. */
const entrypoint = '/bench-entrypoint';

function script(services: readonly Service[]): StageFile[] {
  const lines = services.map(({ command }) => `${command.join(' ')} &\n`);
  return [{ path: entrypoint, text: `#!/bin/sh\n${lines.join('')}wait\n`, mode: 0o755 }];
}

function below(name: string, packages: readonly string[], words: readonly string[]): Supervisor {
  return {
    name,
    source: { kind: 'packages', packages },
    files: script,
    command: [...words, entrypoint],
    pause: 100,
    patience: 30,
  };
}

export const sh = below('sh', ['dash'], ['/bin/sh']);
export const tini = below('tini', ['tini'], ['/usr/bin/tini', '--']);
export const dumbInit = below('dumb-init', ['dumb-init'], ['/usr/bin/dumb-init', '--']);
export const catatonit = below('catatonit', ['catatonit'], ['/usr/bin/catatonit', '--']);
