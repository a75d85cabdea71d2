// The platform's log in a simulated world: warnings and errors go into the trace, and an error that nobody expects ends the run.
import { BerthError } from '../../src/model/errors.ts';
import type { Log, LogFields } from '../../src/ports/log.ts';
import { StoreConflict } from '../../src/ports/store.ts';
import type { SimProcess } from '../../src/sim/sim-process.ts';

/** A log of one process. */
export function simLog(process: SimProcess): Log {
  const { world, name } = process;
  const tell = (level: string) => (message: string, fields?: LogFields) => {
    if (process.isAlive) world.tell(name, `${level}: ${message} ${inWords(fields)}`);
  };
  const error = (message: string, fields?: LogFields) => {
    tell('error')(message, fields);
    const unexpected = unexpectedIn(fields?.error);
    if (process.isAlive && unexpected) world.fail(`${message}: ${unexpected.stack ?? unexpected.message}`);
  };
  return { debug: () => {}, info: tell('info'), warn: tell('warn'), error };
}

function inWords(fields: LogFields = {}): string {
  return Object.entries(fields)
    .map(
      ([key, value]) => `${key}=${value instanceof Error ? `${value.name}: ${value.message}` : JSON.stringify(value)}`,
    )
    .join(' ');
}

/** A fault of the program itself: neither a conflict nor an error of the registry. */
function unexpectedIn(error: unknown): Error | undefined {
  if (error instanceof AggregateError) return error.errors.map(unexpectedIn).find((each) => each !== undefined);
  if (error instanceof StoreConflict || error instanceof BerthError) return undefined;
  return error instanceof Error ? error : undefined;
}
