import { dinit } from './dinit.ts';
import { runit, s6 } from './run-scripts.ts';
import { catatonit, dumbInit, sh, tini } from './shells.ts';
import type { Supervisor } from './supervisor.ts';
import { supervisord } from './supervisord.ts';
import { pidone, systemctlPy } from './units.ts';

/** In the order of the table. */
export const supervisors: readonly Supervisor[] = [
  pidone,
  sh,
  tini,
  dumbInit,
  catatonit,
  dinit,
  s6,
  runit,
  supervisord,
  systemctlPy,
];
