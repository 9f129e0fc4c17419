import { watch } from 'node:fs';

const PATIENCE_MS = 30_000;

/** Resolves when `holds` is true; it is asked again at each change in the directory. Rejects after half a minute. */
export async function until(directory: string, what: string, holds: () => boolean): Promise<void> {
  const watcher = watch(directory);
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (holds()) resolve();
      };
      watcher.on('change', look);
      timer = setTimeout(() => {
        reject(new Error(`waited too long for ${what}`));
      }, PATIENCE_MS);
      look();
    });
  } finally {
    clearTimeout(timer);
    watcher.close();
  }
}

/** Asks again and again, for what no event announces. Gives up after half a minute. */
export async function untilCalled(ask: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await ask())) if (Date.now() > deadline) throw new Error('waited too long');
}
