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
