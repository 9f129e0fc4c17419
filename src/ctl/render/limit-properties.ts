/** LimitNOFILE= and its like, for `show`. */
import type { ExecSettings } from '../../units/exec-model.ts';
import { formatLimitValue, limitResources } from '../../units/values/limit.ts';
import type { ManagedCall } from '../call.ts';
import { type Property, property } from './property.ts';

/** What the unit says, else what a process of the manager has. */
export function limitProperties(call: ManagedCall, exec: Pick<ExecSettings, 'limits'>): readonly Property[] {
  let own: ReadonlyMap<string, readonly [string, string]> | undefined;
  return Object.entries(limitResources).flatMap(([name, { resource }]) => {
    const pair = (): readonly [string, string] => {
      const limit = exec.limits.get(resource);
      if (limit !== undefined) return [formatLimitValue(limit.soft), formatLimitValue(limit.hard)];
      own ??= ownLimits(call);
      return own.get(name) ?? ['infinity', 'infinity'];
    };
    return [property(name, () => pair()[1]), property(`${name}Soft`, () => pair()[0])];
  });
}

const limitTitles: Readonly<Record<string, string>> = {
  'Max cpu time': 'LimitCPU',
  'Max file size': 'LimitFSIZE',
  'Max data size': 'LimitDATA',
  'Max stack size': 'LimitSTACK',
  'Max core file size': 'LimitCORE',
  'Max resident set': 'LimitRSS',
  'Max processes': 'LimitNPROC',
  'Max open files': 'LimitNOFILE',
  'Max locked memory': 'LimitMEMLOCK',
  'Max address space': 'LimitAS',
  'Max file locks': 'LimitLOCKS',
  'Max pending signals': 'LimitSIGPENDING',
  'Max msgqueue size': 'LimitMSGQUEUE',
  'Max nice priority': 'LimitNICE',
  'Max realtime priority': 'LimitRTPRIO',
  'Max realtime timeout': 'LimitRTTIME',
};

/** Soft and hard, by property; proc(5), /proc/pid/limits. */
export function ownLimits({ services }: ManagedCall): ReadonlyMap<string, readonly [string, string]> {
  const limits = new Map<string, readonly [string, string]>();
  const text = services.files.readFile('/proc/self/limits', 65536);
  if (typeof text !== 'string') return limits;
  for (const found of text.matchAll(/^(Max [a-z ]+?) {2,}(\S+) +(\S+)/gm)) {
    const name = limitTitles[found[1] ?? ''];
    const word = (value = ''): string => (value === 'unlimited' ? 'infinity' : value);
    if (name !== undefined) limits.set(name, [word(found[2]), word(found[3])]);
  }
  return limits;
}
