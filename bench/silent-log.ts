// A log that keeps nothing, for parts that measure something else.
import type { Log } from '../src/ports/log.ts';

/** Takes every line and drops it. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {}
