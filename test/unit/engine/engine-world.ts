// An engine over a hand-driven clock, with controllers that tests describe in a few words.
import type { Controller, Unsettled } from '../../../src/engine/controller.ts';
import { Engine } from '../../../src/engine/engine.ts';
import type { Log, LogFields } from '../../../src/ports/log.ts';
import type { Random } from '../../../src/ports/random.ts';
import { ManualClock } from './manual-clock.ts';

/** No jitter, no chance. */
const evenRandom: Random = {
  id: (length) => 'a'.repeat(length),
  fraction: () => 0,
  bytes: (count) => new Uint8Array(count),
};

/** A line that the engine logged. */
export interface LoggedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** The engine with everything around it that a test looks at. */
export interface EngineWorld {
  readonly engine: Engine;
  readonly clock: ManualClock;
  readonly logged: LoggedLine[];
}

/** A new engine that sweeps every minute and backs off from 1 to 8 seconds. */
export function engineWorld({ concurrency = 10 }: { concurrency?: number } = {}): EngineWorld {
  const clock = new ManualClock();
  const logged: LoggedLine[] = [];
  const write = (level: LoggedLine['level']) => (message: string, fields?: LogFields) =>
    void logged.push({ level, message, fields });
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const backoff = { firstMs: 1000, maxMs: 8000 };
  const engine = new Engine({ clock, random: evenRandom, log, concurrency, sweepEveryMs: 60_000, backoff });
  return { engine, clock, logged };
}

/** A controller of keys `t:…` that does what `reconcile` says and leaves out what a test does not name. */
export function aController(parts: Partial<Controller> & Pick<Controller, 'reconcile'>): Controller {
  return { prefix: 't', watches: {}, sweep: () => unsettled([]), ...parts };
}

/** A sweep's result from a list. */
export async function* unsettled(found: readonly Unsettled[]): AsyncIterable<Unsettled> {
  yield* found;
}

/** A `reconcile` that notes its run and is settled. */
export function settling(note: (id: string, now: number) => unknown): Controller['reconcile'] {
  return async (id, now) => {
    note(id, now);
    return null;
  };
}
