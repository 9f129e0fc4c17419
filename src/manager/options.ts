/** What pidone's own command line says: `pidone [--unit=TARGET] [--log-level=…] [--console=…] [--strict-exec]`. Parsed before anything is started; what is wrong is told and left out. */
import type { LogLevel } from './effect.ts';
import { logLevels } from './log.ts';
import type { consoleModes } from '../wire/schema.ts';

export interface Options {
  /** Unit to start instead of default.target; '' for that. */
  readonly unit: string;
  /** Least important level that is told on the container's stderr. */
  readonly logLevel: LogLevel;
  /** How the lines of services go on to the container's stdout. */
  readonly console: keyof typeof consoleModes;
  /** A step before the exec that this container forbids is a failure, as under systemd, and not left out. */
  readonly strictExec: boolean;
  readonly problems: readonly string[];
}

export function parseOptions(args: readonly string[]): Options {
  let unit = '';
  let logLevel: LogLevel = 'notice';
  let console: Options['console'] = 'prefixed';
  let strictExec = false;
  const problems: string[] = [];
  for (const argument of args) {
    const equals = argument.indexOf('=');
    const name = equals < 0 ? argument : argument.slice(0, equals);
    const value = equals < 0 ? '' : argument.slice(equals + 1);
    switch (name) {
      case '--unit':
        unit = value;
        break;
      case '--log-level':
        if (isLogLevel(value)) logLevel = value;
        else problems.push(`--log-level=${value} is none of ${Object.keys(logLevels).join(', ')}; ignored`);
        break;
      case '--console':
        if (value === 'none' || value === 'plain' || value === 'prefixed' || value === 'json') console = value;
        else problems.push(`--console=${value} is none of none, plain, prefixed, json; ignored`);
        break;
      case '--strict-exec':
        strictExec = true;
        break;
      default:
        problems.push(`unknown option ${argument}; ignored`);
    }
  }
  return { unit, logLevel, console, strictExec, problems };
}

function isLogLevel(text: string): text is LogLevel {
  return Object.hasOwn(logLevels, text);
}
