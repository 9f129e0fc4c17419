/**
 * The manager's own words. Those about a unit go into the unit's journal, as records of class `m` beside its own lines,
 * and are written a moment later, so that a boot does not wait for them; what matters to the operator also goes to the
 * container's stderr. pino makes the records of what is about no unit.
 */
import { type Level, type Logger, pino } from 'pino/browser.js';

import type { Host } from '../host.d.ts';
import type { UnitName } from '../units/name.ts';
import type { LogLevel, MessageForm } from './effect.ts';

export interface Log {
  /** Of the manager itself. */
  manager(level: LogLevel, message: string): void;
  /** About a unit; keeper 0: it has none. */
  unit(unit: UnitName, keeper: number, level: LogLevel, message: string, form?: MessageForm): void;
  /** What processes of no unit have said: a line for each, a digit, the priority, and the payload of a record. */
  entries(pid: number, lines: string, lost: number): void;
  /** Lines wait to be written into journals. */
  waits(): boolean;
  /** Writes what waits. */
  write(): void;
}

export interface LogPorts {
  readonly host: Pick<Host, 'log' | 'clock' | 'openAppend' | 'append' | 'close' | 'makeDirectory' | 'forwardSyslog'>;
  readonly journalRoot: string;
  readonly managerPid: number;
  /** To a syslog daemon, too. */
  readonly forward: boolean;
  /** Least important level that is still told on the container's stderr. */
  readonly tell: LogLevel;
}

export const logLevels: Readonly<Record<LogLevel, number>> = {
  emerg: 0,
  alert: 1,
  crit: 2,
  err: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
};

const pinoLevels: Readonly<Record<LogLevel, Level>> = {
  emerg: 'fatal',
  alert: 'fatal',
  crit: 'fatal',
  err: 'error',
  warning: 'warn',
  notice: 'info',
  info: 'info',
  debug: 'debug',
};

/** A facility of syslog. */
const daemon = 3 << 3;

/** The manager's own journal has systemd's name for PID 1's unit. */
export const ownUnit = 'init.scope' as UnitName;

export function createLog(ports: LogPorts): Log {
  const { host, journalRoot, managerPid } = ports;
  const told = logLevels[ports.tell];
  const pending = new Map<UnitName, string[]>();
  const forwarded: (readonly [priority: number, line: string])[] = [];
  let logger: Logger | undefined;
  let failed = false;

  function note(unit: UnitName, keeper: number, level: LogLevel, message: string): void {
    const line = message.replaceAll('\n', ' ');
    add(unit, 'm', logLevels[level], keeper, managerPid, line);
    if (ports.forward) forwarded.push([logLevels[level] | daemon, line]);
  }

  function add(unit: UnitName, kind: string, priority: number, keeper: number, pid: number, text: string): void {
    if (journalRoot === '') return;
    const time = host.clock().realtime.toString(16).padStart(16, '0');
    const line = `${time} ${kind}${priority} ${keeper} ${pid} ${text}\n`;
    const lines = pending.get(unit);
    if (lines === undefined) pending.set(unit, [line]);
    else lines.push(line);
  }

  function openLogger(): Logger {
    return pino({
      level: 'trace',
      timestamp: false,
      base: null,
      browser: { write: (record) => host.log(String(record['msg'])) },
    });
  }

  return {
    manager(level, message) {
      if (logLevels[level] <= told) {
        logger ??= openLogger();
        logger[pinoLevels[level]](message);
      }
      note(ownUnit, 0, level, message);
    },
    unit(unit, keeper, level, message, form = 'of-unit') {
      const sentence = form === 'whole' ? message : `${unit}: ${message}`;
      if (logLevels[level] <= told) host.log(sentence);
      note(unit, keeper, level, sentence);
    },
    entries(pid, lines, lost) {
      for (const line of lines.split('\n'))
        if (line !== '') add(ownUnit, 'e', Number(line.charAt(0)), 0, pid, line.slice(1));
      if (lost > 0) note(ownUnit, 0, 'warning', `${lost} messages of processes of no unit were lost.`);
    },
    waits: () => pending.size > 0 || forwarded.length > 0,
    write() {
      for (const [priority, line] of forwarded.splice(0)) host.forwardSyslog('pidone', priority, managerPid, line);
      for (const [unit, lines] of pending) {
        const directory = `${journalRoot}/${unit}`;
        let handle = host.openAppend(`${directory}/current`, 0o640);
        if (handle === -2) {
          host.makeDirectory(directory, 0o750);
          handle = host.openAppend(`${directory}/current`, 0o640);
        }
        const error = handle < 0 ? handle : host.append(handle, lines.join(''));
        if (handle >= 0) host.close(handle);
        if (error !== undefined && !failed)
          host.log(`cannot write to the journal of ${unit}: errno ${Math.abs(error)}`);
        failed = error !== undefined;
      }
      pending.clear();
    },
  };
}
