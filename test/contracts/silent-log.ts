// A log for tests that read nothing from it.
import type { Log } from '../../src/ports/log.ts';

/** Takes every line and keeps none. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
