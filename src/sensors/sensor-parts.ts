// What requests about sensors work with.
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';

/** The ports and rooms that requests about sensors are handed. */
export interface SensorParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly recordEvent: RecordEvent;
}
