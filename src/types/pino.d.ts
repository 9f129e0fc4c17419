/**
 * pino's build for the browser: the one without Node in it, which the engine and Node's tests run alike. The package's
 * own types would bring Node's into src/, so these few take their place.
 */
declare module 'pino/browser.js' {
  export type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

  type Write = (record: Readonly<Record<string, unknown>>) => void;

  export interface Options {
    readonly level?: Level | 'silent';
    readonly timestamp?: false | (() => string);
    readonly base?: Readonly<Record<string, unknown>> | null;
    readonly browser: {
      /** Takes each record as an object, or one function for each level. */
      readonly write: Write | Readonly<Partial<Record<Level, Write>>>;
      readonly serialize?: boolean;
      readonly formatters?: {
        readonly level?: (label: string, number: number) => Readonly<Record<string, unknown>>;
        readonly log?: (record: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
      };
    };
  }

  interface LogFunction {
    (message: string): void;
    (fields: Readonly<Record<string, unknown>>, message?: string): void;
  }

  export type Logger = Readonly<Record<Level, LogFunction>> & {
    level: Level | 'silent';
    child(fields: Readonly<Record<string, unknown>>): Logger;
  };

  export function pino(options: Options): Logger;
}
