/** The state of a service that was never started, or that begins anew. */
import type { ServiceSettings } from '../../units/model.ts';
import { freeSlot } from './command.ts';
import type { ServiceState } from './state.ts';

const noRuns: ServiceState['runs'] = {};

/** undefined: of no particular service. */
export function freshState(settings: Pick<ServiceSettings, 'watchdog'> | undefined): ServiceState {
  const watchdog = settings?.watchdog ?? 0;
  return {
    sub: 'dead',
    result: 'success',
    reloadResult: 'success',
    main: freeSlot,
    control: freeSlot,
    keeper: undefined,
    keeperLost: false,
    spareKeeper: undefined,
    treeEmpty: true,
    invocation: '',
    deadline: undefined,
    runtimeDeadline: undefined,
    watchdogDeadline: undefined,
    watchdogStamp: undefined,
    watchdogUsec: watchdog > 0 && watchdog !== Infinity ? watchdog : undefined,
    notified: 'unknown',
    statusText: '',
    statusErrno: 0,
    statusBusError: '',
    notifyAccess: undefined,
    reloadBegin: undefined,
    stored: 0,
    storeEmptied: false,
    cleanResult: 'success',
    frozen: false,
    busOwner: 'none',
    mainAlien: false,
    mainPidKnown: false,
    adopting: undefined,
    pidFile: 'unasked',
    heldExit: undefined,
    mainRun: undefined,
    runs: noRuns,
    restarts: 0,
    forgetRestarts: false,
    debug: false,
    forbidRestart: false,
    stopForRestart: false,
    idleWaits: false,
  };
}
