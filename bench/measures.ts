/** What is measured, in which unit, and what pidone may cost: the budgets. */
export interface Measure {
  readonly key: MeasureKey;
  /** Head of its column. */
  readonly title: string;
  readonly unit: 'KB' | 'KiB' | 'ms' | 'lines/s' | '1/s' | '%' | '×';
  readonly digits: number;
  readonly better: 'less' | 'more';
  /** Whether who only starts things and supervises nothing can be compared with. */
  readonly against: 'all' | 'supervisors';
  /** What pidone must keep with so many services; a peer's name: be as good as that one. undefined: none is set. */
  readonly budget: (services: number) => number | { readonly peer: string } | undefined;
}

export type MeasureKey =
  | 'install'
  | 'up'
  | 'memory'
  | 'further'
  | 'status'
  | 'stop'
  | 'start'
  | 'restart'
  | 'orphans'
  | 'down'
  | 'manager'
  | 'reload250'
  | 'reload1000'
  | 'reloadGrowth'
  | 'log'
  | 'wakeups'
  | 'cpu';

const always = (value: number) => () => value;
const none = () => undefined;
const at =
  (table: Readonly<Record<number, number>>) =>
  (services: number): number | undefined =>
    table[services];

export const orphanCount = 1000;

export const measures: readonly Measure[] = [
  {
    key: 'install',
    title: 'install',
    unit: 'KB',
    digits: 0,
    better: 'less',
    against: 'supervisors',
    budget: always(1500),
  },
  {
    key: 'up',
    title: 'all up',
    unit: 'ms',
    digits: 1,
    better: 'less',
    against: 'supervisors',
    budget: at({ 50: 22, 500: 180 }),
  },
  {
    key: 'memory',
    title: 'memory',
    unit: 'KiB',
    digits: 0,
    better: 'less',
    against: 'supervisors',
    budget: at({ 50: 3072 }),
  },
  {
    key: 'further',
    title: 'each further',
    unit: 'KiB',
    digits: 1,
    better: 'less',
    against: 'supervisors',
    budget: always(20),
  },
  {
    key: 'status',
    title: 'is-active',
    unit: 'ms',
    digits: 2,
    better: 'less',
    against: 'supervisors',
    budget: always(1.5),
  },
  { key: 'stop', title: 'stop', unit: 'ms', digits: 2, better: 'less', against: 'supervisors', budget: always(2.5) },
  { key: 'start', title: 'start', unit: 'ms', digits: 2, better: 'less', against: 'supervisors', budget: always(3.5) },
  {
    key: 'restart',
    title: 'killed → running',
    unit: 'ms',
    digits: 2,
    better: 'less',
    against: 'supervisors',
    budget: always(1),
  },
  {
    key: 'orphans',
    title: `${orphanCount} orphans`,
    unit: 'ms',
    digits: 1,
    better: 'less',
    against: 'all',
    budget: always(40),
  },
  {
    key: 'down',
    title: 'SIGTERM → exit',
    unit: 'ms',
    digits: 1,
    better: 'less',
    against: 'supervisors',
    budget: at({ 50: 6 }),
  },
  {
    key: 'manager',
    title: 'manager killed → answers',
    unit: 'ms',
    digits: 1,
    better: 'less',
    against: 'supervisors',
    budget: at({ 50: 15 }),
  },
  {
    key: 'reload250',
    title: 'reload of 250 units',
    unit: 'ms',
    digits: 1,
    better: 'less',
    against: 'supervisors',
    budget: none,
  },
  {
    key: 'reload1000',
    title: 'reload of 1,000',
    unit: 'ms',
    digits: 1,
    better: 'less',
    against: 'supervisors',
    budget: none,
  },
  {
    key: 'reloadGrowth',
    title: 'reload, 1,000 to 250',
    unit: '×',
    digits: 2,
    better: 'less',
    against: 'supervisors',
    budget: always(4.5),
  },
  {
    key: 'log',
    title: 'log',
    unit: 'lines/s',
    digits: 0,
    better: 'more',
    against: 'supervisors',
    budget: () => ({ peer: 's6' }),
  },
  {
    key: 'wakeups',
    title: 'idle wakeups',
    unit: '1/s',
    digits: 1,
    better: 'less',
    against: 'supervisors',
    budget: always(0),
  },
  { key: 'cpu', title: 'idle CPU', unit: '%', digits: 2, better: 'less', against: 'supervisors', budget: none },
];
