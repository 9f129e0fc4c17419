/** What is taken over of journald.conf: whether a syslog daemon gets what is logged, and a limit for units that set none. */
import type { HostFiles } from '../host.d.ts';
import { parseBoolean } from '../units/values/boolean.ts';
import { parseDuration } from '../units/values/duration.ts';

export interface JournalSettings {
  /** ForwardToSyslog=. Yes by default, as Debian's journald has it: who listens there wants it. */
  readonly forward: boolean;
  /** RateLimitIntervalSec= (usec) and RateLimitBurst=; undefined where neither is set: there is no limit then. */
  readonly limit: { readonly interval: number; readonly burst: number } | undefined;
}

/** journald's own, of which one alone may be set. */
export const usualLimit = { interval: 30_000_000, burst: 10_000 } as const;

const roots = ['/usr/lib/systemd', '/usr/local/lib/systemd', '/run/systemd', '/etc/systemd'];

/** Read when a manager starts: man journald.conf. */
export function readJournalSettings(files: Pick<HostFiles, 'readFile' | 'readDirectory'>): JournalSettings {
  const dropIns = new Map<string, string>();
  for (const root of roots) {
    const entries = files.readDirectory(`${root}/journald.conf.d`);
    if (typeof entries === 'number') continue;
    for (const { name } of entries) if (name.endsWith('.conf')) dropIns.set(name, `${root}/journald.conf.d/${name}`);
  }
  const paths = [
    '/etc/systemd/journald.conf',
    ...[...dropIns].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, at]) => at),
  ];
  const values = new Map<string, string>();
  for (const path of paths) {
    const text = files.readFile(path, 65536);
    if (typeof text !== 'string') continue;
    for (const [, key = '', value = ''] of text.matchAll(wanted))
      values.set(key.replace(/Interval$/, 'IntervalSec'), value);
  }
  const interval = values.get('RateLimitIntervalSec');
  const burst = values.get('RateLimitBurst');
  return {
    forward: parseBoolean(values.get('ForwardToSyslog') ?? '') ?? true,
    limit:
      interval === undefined && burst === undefined
        ? undefined
        : {
            interval: parseDuration(interval ?? '') ?? usualLimit.interval,
            burst: burst !== undefined && /^\d{1,9}$/.test(burst) ? Number(burst) : usualLimit.burst,
          },
  };
}

const wanted = /^[ \t]*(ForwardToSyslog|RateLimitInterval(?:Sec)?|RateLimitBurst)[ \t]*=[ \t]*(.*?)[ \t]*$/gm;
