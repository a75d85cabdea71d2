// A bug that is planted: something around the real rooms that goes wrong in a way that a programmer could have made it go wrong.
import type { Controller } from '../../src/engine/controller.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Machines } from '../../src/ports/machine.ts';
import type { Store } from '../../src/ports/store.ts';

/** Where a planted bug may sit; each wraps what it is given, or gives it back. */
export interface Mutation {
  readonly store?: (store: Store) => Store;
  readonly clock?: (clock: Clock) => Clock;
  readonly machines?: (machines: Machines) => Machines;
  readonly controller?: (controller: Controller, store: Store) => Controller;
}
