// Events of tests: made as the platform makes them, with the time of the machine.
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { eventMaker } from '../../src/engine/event-recorder.ts';

/** Makes an event. */
export const newEvent = eventMaker({ clock: new SystemClock(), random: new SystemRandom() });
