// Puts the servers room together: providers, the machines under nodes, machines that are being made, the size of the fleet.
import type { Controller, Wake } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Machines } from '../ports/machine.ts';
import type { Providers } from '../ports/provider.ts';
import type { Random } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';
import type { RoomRules } from '../servers/decide-scale.ts';
import { FleetBrake } from '../servers/fleet-brake.ts';
import { MachineJoin } from '../servers/machine-join.ts';
import { OrderController } from '../servers/order-controller.ts';
import type { OrderLimits } from '../servers/order-limits.ts';
import { ProviderPool } from '../servers/provider-pool.ts';
import { ProviderRequests } from '../servers/provider-requests.ts';
import type { RecoveryLimits } from '../servers/recovery-limits.ts';
import { ScaleController } from '../servers/scale-controller.ts';
import { ServerController } from '../servers/server-controller.ts';
import { ServerRequests } from '../servers/server-requests.ts';

/** What the rest of the platform uses of servers. */
export interface ServerRoom {
  readonly servers: ServerRequests;
  readonly providers: ProviderRequests;
  readonly controllers: readonly Controller[];
  /** Ends what is under way and closes the providers; the loop must have stopped before. */
  close(): Promise<void>;
}

/** What the servers room is built on. */
export interface ServerRoomNeeds {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly recordEvent: RecordEvent;
  readonly wake: Wake;
  readonly providers: Providers;
  readonly machines: Pick<Machines, 'restartEngine' | 'scanHostKey' | 'prepare'>;
  readonly rules: RoomRules;
  readonly limits: { readonly recovery: RecoveryLimits; readonly orders: OrderLimits };
}

const IDLE_WITHIN_MS = 3000;

/** Builds the room. */
export function buildServerRoom(needs: ServerRoomNeeds): ServerRoom {
  const { store, clock, random, log, recordEvent, wake, machines, providers, rules, limits } = needs;
  const pool = new ProviderPool({ store, providers });
  const brake = new FleetBrake({ store, clock, recordEvent, limits: limits.recovery.brake });
  const common = { store, random, log, recordEvent, wake, pool };
  const server = new ServerController({ ...common, clock, machines, brake, limits: limits.recovery });
  const join = new MachineJoin({ store, clock, machines, recordEvent });
  const order = new OrderController({ ...common, machines: join, limits: limits.orders });
  return {
    servers: new ServerRequests({ store, clock, random, pool, recordEvent }),
    providers: new ProviderRequests({ store, clock, random, providers, recordEvent }),
    controllers: [server, order, new ScaleController({ ...common, rules })],
    close: async () => {
      await soon(Promise.all([server.idle(), order.idle()]), clock);
      await pool.closeAll();
      await soon(Promise.all([server.idle(), order.idle()]), clock);
    },
  };
}

/** What takes longer is taken up again at the next start, by the ids of its acts. */
async function soon(work: Promise<unknown>, clock: Clock): Promise<void> {
  const late = Promise.withResolvers<void>();
  const cancel = clock.after(IDLE_WITHIN_MS, late.resolve);
  await Promise.race([work, late.promise]).finally(cancel);
}
