// A bug that is planted: something around the real rooms that goes wrong in a way in which a programmer could have made it go wrong.
import type { PlacementRules } from '../../src/deployment/node-filters.ts';
import type { Controller } from '../../src/engine/controller.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Machine } from '../../src/ports/machine.ts';
import type { Provider } from '../../src/ports/provider.ts';
import type { Store } from '../../src/ports/store.ts';

/** Where a planted bug may sit; each wraps what it is given. */
export interface Mutation {
  readonly store?: (store: Store, clock: Clock) => Store;
  readonly clock?: (clock: Clock) => Clock;
  readonly machine?: (machine: Machine) => Machine;
  readonly provider?: (provider: Provider) => Provider;
  readonly controller?: (controller: Controller) => Controller;
  readonly rules?: (rules: PlacementRules) => PlacementRules;
}
