// What the SDK endpoint does for leases, without its HTTP: the real renewal answers.
import type { Duplex } from 'node:stream';
import { BerthError } from '../../src/model/errors.ts';
import { renewLease } from '../../src/nodes/lease-requests.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { type Store, StoreConflict } from '../../src/ports/store.ts';
import { LeaseCall } from '../../src/sim/lease-call.ts';
import type { Scenario } from '../../src/sim/scenario.ts';
import type { SimProcess } from '../../src/sim/sim-process.ts';

/** Conflict and gone: the launcher never asks again. */
const REFUSALS: ReadonlySet<string> = new Set(['sdk.lease-refused', 'sdk.task-ended']);

/** Serves what comes through the sockets of nodes. */
export function serveLeases(
  { process, scenario }: { readonly process: SimProcess; readonly scenario: Pick<Scenario, 'leaseMs'> },
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): (node: string, connection: Duplex) => void {
  return (_, connection) => {
    if (!(connection instanceof LeaseCall)) throw new TypeError('Only questions for leases come here.');
    renewLease({ store, clock, leaseMs: scenario.leaseMs }, connection.task).then(
      (leaseMs) => connection.answer({ is: 'given', leaseMs }),
      (error: unknown) => {
        if (!(error instanceof BerthError || error instanceof StoreConflict)) process.world.fail(String(error));
        const isRefusal = error instanceof BerthError && REFUSALS.has(error.code);
        connection.answer({ is: isRefusal ? 'refused' : 'failed' });
      },
    );
  };
}
