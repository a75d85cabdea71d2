// The platform's own log as lines of JSON.
import { type DestinationStream, type Logger, pino } from 'pino';
import type { Clock } from '../../ports/clock.ts';
import type { Log, LogFields } from '../../ports/log.ts';
import { loggable } from './loggable.ts';

/** The least serious lines that are written. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where lines go, and which. */
export interface PinoLogParts {
  readonly level: LogLevel;
  /** Gets one line at a time, with its end of line. */
  readonly destination: DestinationStream;
  readonly clock: Clock;
}

/** A log that writes lines such as `{"level":"info","time":"2026-11-22T08:00:00.000Z","fields":{"key":"job:x"},"message":"…"}`. */
export class PinoLog implements Log {
  readonly #logger: Logger;

  constructor({ level, destination, clock }: PinoLogParts) {
    const options = {
      level,
      base: null,
      messageKey: 'message',
      formatters: { level: (label: string) => ({ level: label }) },
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
    };
    this.#logger = pino(options, destination);
  }

  debug(message: string, fields?: LogFields): void {
    this.#write('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#write('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#write('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#write('error', message, fields);
  }

  // Fields have an object of their own, so that none of them can stand in for the line's level, time or message.
  #write(level: LogLevel, message: string, fields: LogFields | undefined): void {
    if (!this.#logger.isLevelEnabled(level)) return;
    if (fields === undefined) this.#logger[level](message);
    else this.#logger[level]({ fields: loggable(fields) }, message);
  }
}
